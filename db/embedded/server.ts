import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigurationError } from '#kit/errors.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { type RunAs, bareEnvironment, chooseRunAs, shortHash } from './run-as.ts';

export interface EmbeddedServer {
  /** Connection URL of one database on this server, over a private unix socket. */
  url(database: string): string;
  /** The socket's folder, outside the data folder because a socket path has at most 107 bytes. */
  socketDir: string;
  /** Id of the postmaster this process started; undefined when another process of ours already runs it. */
  pid: number | undefined;
  stop(): Promise<void>;
}

const START_DEADLINE_MS = 30_000;

/**
 * Starts a real PostgreSQL on `dataDir`, creating it at first use. Two processes may share one folder: the
 * second finds the first one's server. A killed server's folder recovers by itself.
 * @param settings extra `name=value` server settings
 * @param binaries another release than the pinned one
 * @throws ConfigurationError when the folder is damaged or there are no binaries
 */
export async function startEmbeddedServer(
  dataDir: string,
  settings: string[] = [],
  binaries: Binaries = findBinaries(),
): Promise<EmbeddedServer> {
  const runAs = chooseRunAs(binaries, path.resolve(dataDir));
  const socketDir = path.join(tmpdir(), `pg-${shortHash(runAs.dataDir)}`);
  mkdirSync(socketDir, { recursive: true, mode: 0o700 });
  runAs.own(socketDir);
  initialise(runAs);

  const url = (database: string): string => `postgres://postgres@/${database}?host=${socketDir}`;
  const deadline = performance.now() + START_DEADLINE_MS;
  for (;;) {
    const attempt = await tryStart(runAs, socketDir, settings);
    if (attempt.outcome === 'started') {
      return { url, socketDir, pid: attempt.child.pid, stop: () => stopServer(attempt.child) };
    }
    if (attempt.outcome === 'failed') {
      throw new ConfigurationError(
        `The embedded database in ${dataDir} does not start (${lastLine(attempt.log)}). Move that folder away to begin anew, or set IDP_DATABASE_URL and MCH_DATABASE_URL.`,
      );
    }
    if (await accepts(path.join(socketDir, '.s.PGSQL.5432'))) {
      return { url, socketDir, pid: undefined, stop: () => Promise.resolve() };
    }
    if (performance.now() > deadline) {
      throw new ConfigurationError(`The embedded database in ${dataDir} stays locked by another process.`);
    }
    await sleep(150); // what is left of a killed server is still going away
  }
}

/** initdb into a private folder, then one rename: neither a race nor a kill leaves anything half made. */
function initialise(runAs: RunAs): void {
  const { dataDir } = runAs;
  while (!existsSync(path.join(dataDir, 'PG_VERSION'))) {
    mkdirSync(path.dirname(dataDir), { recursive: true });
    const partial = `${dataDir}.init-${randomBytes(4).toString('hex')}`;
    mkdirSync(partial, { mode: 0o700 });
    runAs.own(partial);
    const { file, args, options } = runAs.command(path.join(runAs.binaries.bin, 'initdb'), [
      ...['-D', partial, '-U', 'postgres', '--auth=trust', '--locale=C.UTF-8', '-E', 'UTF8'],
      ...['--no-instructions', '--no-sync'],
    ]);
    const made = spawnSync(file, args, { encoding: 'utf8', env: bareEnvironment, ...options });
    if (made.status !== 0) {
      rmSync(partial, { recursive: true, force: true });
      throw new ConfigurationError(
        `The embedded database cannot be created in ${dataDir} (${lastLine(made.stderr ?? String(made.error))}).`,
      );
    }
    try {
      renameSync(partial, dataDir);
    } catch (error) {
      rmSync(partial, { recursive: true, force: true });
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
      if (!existsSync(path.join(dataDir, 'PG_VERSION'))) {
        throw new ConfigurationError(
          `${dataDir} holds something that is no database. Move that folder away to begin anew.`,
        );
      }
    }
  }
}

type Attempt = { outcome: 'started'; child: ChildProcess } | { outcome: 'busy' | 'failed'; log: string };

function tryStart(runAs: RunAs, socketDir: string, settings: string[]): Promise<Attempt> {
  const postgres = path.join(runAs.binaries.bin, 'postgres');
  const serverArgs = [
    ...['-D', runAs.dataDir, '-k', socketDir],
    ...['listen_addresses=', 'unix_socket_permissions=0700', 'max_connections=100', ...settings].flatMap(
      (setting) => ['-c', setting],
    ),
  ];
  const setpriv = '/usr/bin/setpriv';
  const dieWithParent = process.platform === 'linux' && existsSync(setpriv);
  const { file, args, options } = dieWithParent
    ? runAs.command(setpriv, ['--pdeathsig', 'SIGINT', '--', postgres, ...serverArgs])
    : runAs.command(postgres, serverArgs);

  return new Promise((resolve, reject) => {
    // a group of its own: a terminal's Ctrl-C must not stop the database before those who use it
    const child = spawn(file, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: bareEnvironment,
      detached: true,
      ...options,
    });
    let log = '';
    child.stderr.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-10_000);
      if (log.includes('ready to accept connections')) resolve({ outcome: 'started', child });
    });
    child.once('exit', () => {
      const busy = /already exists|pre-existing shared memory block|in use/i.test(log);
      resolve({ outcome: busy ? 'busy' : 'failed', log });
    });
    child.once('error', reject);
  });
}

function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGINT');
  });
}

function accepts(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = net.connect(socket, () => {
      connection.destroy();
      resolve(true);
    });
    connection.on('error', () => resolve(false));
  });
}

function lastLine(log: string): string {
  const lines = log.trim().split('\n');
  const telling = lines.findLast((line) => /FATAL|PANIC|error/i.test(line)) ?? lines.at(-1) ?? '';
  return telling.replace(/^.*?(FATAL|PANIC|ERROR|error):\s*/, '').trim();
}
