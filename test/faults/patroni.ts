import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bareEnvironment, chooseRunAs } from '../../db/embedded/run-as.ts';
import { freePort } from '../support/replica.ts';

const EXAMPLE = path.resolve(import.meta.dirname, '../../examples/patroni/patroni.yml');
const PASSWORD = 'a-synthetic-password-for-tests';

interface Node {
  name: string;
  port: number;
  restPort: number;
  dataDir: string;
  start(): void;
  /** Patroni and its PostgreSQL at once, as a power cut would end them. */
  powerOff(): Promise<void>;
  log(): string;
}

export interface PatroniCluster {
  nodes: Node[];
  url(database: string): string;
  /** Name of the leader; undefined while there is none. */
  leader(): Promise<Node | undefined>;
  /** Waits until there is a leader with a synchronous standby. */
  settled(): Promise<{ leader: Node; standby: Node }>;
  /** Asks Patroni for a planned change of the leader. */
  switchOver(): Promise<void>;
  stop(): Promise<void>;
}

/** One etcd and two servers kept by Patroni with `examples/patroni/patroni.yml`, all by an ordinary user. */
export async function startPatroni(): Promise<PatroniCluster> {
  const folder = mkdtempSync(path.join(tmpdir(), 'patroni-'));
  const runAs = chooseRunAs({ bin: '/usr/lib/postgresql/15/bin' }, path.join(folder, 'x'));
  runAs.own(folder);
  const running = new Set<ChildProcess>();
  const launch = (file: string, args: string[], env: NodeJS.ProcessEnv = {}) => {
    const command = runAs.command('/usr/bin/setpriv', ['--pdeathsig', 'SIGTERM', '--', file, ...args]);
    const child = spawn(command.file, command.args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...bareEnvironment, PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', ...env },
      ...command.options,
      cwd: folder,
    });
    running.add(child);
    let log = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-50_000)));
    }
    return { child, log: () => log };
  };
  const [etcdPort, peerPort] = [await freePort(), await freePort()];
  const [client, peer] = [`http://127.0.0.1:${etcdPort}`, `http://127.0.0.1:${peerPort}`];
  launch('/usr/bin/etcd', [
    ...['--name', 'one', '--data-dir', path.join(folder, 'etcd')],
    ...['--listen-client-urls', client, '--advertise-client-urls', client],
    ...[
      '--listen-peer-urls',
      peer,
      '--initial-advertise-peer-urls',
      peer,
      '--initial-cluster',
      `one=${peer}`,
    ],
  ]);

  const newNode = async (name: string): Promise<Node> => {
    const [port, restPort] = [await freePort(), await freePort()];
    const dataDir = path.join(folder, name, 'data');
    mkdirSync(path.dirname(dataDir), { mode: 0o700 });
    runAs.own(path.dirname(dataDir));
    const configuration = path.join(folder, name, 'configuration');
    mkdirSync(configuration, { mode: 0o755 });
    copyFileSync(EXAMPLE, path.join(configuration, '1-patroni.yml'));
    const own = `postgresql: { parameters: { unix_socket_directories: '${path.dirname(dataDir)}' } }`;
    writeFileSync(path.join(configuration, '2-own.yml'), own);
    let process: ReturnType<typeof launch> | undefined;
    const env = {
      PATRONI_NAME: name,
      PATRONI_RESTAPI_LISTEN: `127.0.0.1:${restPort}`,
      PATRONI_RESTAPI_CONNECT_ADDRESS: `127.0.0.1:${restPort}`,
      PATRONI_POSTGRESQL_LISTEN: `127.0.0.1:${port}`,
      PATRONI_POSTGRESQL_CONNECT_ADDRESS: `127.0.0.1:${port}`,
      PATRONI_POSTGRESQL_DATA_DIR: dataDir,
      PATRONI_POSTGRESQL_PGPASS: path.join(folder, name, 'pgpass'),
      PATRONI_ETCD3_HOSTS: `127.0.0.1:${etcdPort}`,
      PATRONI_SUPERUSER_PASSWORD: PASSWORD,
      PATRONI_REPLICATION_PASSWORD: PASSWORD,
      PATRONI_REWIND_PASSWORD: PASSWORD,
    };
    return {
      ...{ name, port, restPort, dataDir },
      start() {
        process = launch('/usr/bin/patroni', [configuration], env);
      },
      async powerOff() {
        const postmaster = Number(readFileSync(path.join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
        const gone = new Promise((resolve) => process?.child.once('exit', resolve));
        process?.child.kill('SIGKILL');
        globalThis.process.kill(postmaster, 'SIGKILL');
        await gone;
      },
      log: () => process?.log() ?? '',
    };
  };
  const nodes = [await newNode('pg1'), await newNode('pg2')];
  const says = async (node: Node, what: string): Promise<boolean> =>
    fetch(`http://127.0.0.1:${node.restPort}/${what}`, { signal: AbortSignal.timeout(2000) }).then(
      ({ status }) => status === 200,
      () => false,
    );
  const leader: PatroniCluster['leader'] = async () => {
    for (const node of nodes) if (await says(node, 'primary')) return node;
    return undefined;
  };
  const settled: PatroniCluster['settled'] = async () => {
    for (let tries = 0; tries < 180; tries += 1) {
      const found = await leader();
      const standby = nodes.find((node) => node !== found);
      if (found && standby && (await says(standby, 'sync'))) return { leader: found, standby };
      await sleep(500);
    }
    throw new Error(`Patroni does not settle:\n${nodes.map((node) => node.log()).join('\n----\n')}`);
  };
  const stop = async (): Promise<void> => {
    const alive = [...running].filter((child) => child.exitCode === null && child.signalCode === null);
    const ends = alive.map((child) => new Promise((resolve) => child.once('exit', resolve)));
    for (const child of alive.toReversed()) child.kill('SIGTERM');
    await Promise.race([Promise.all(ends), sleep(20_000, undefined, { ref: false })]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    nodes[0]?.start();
    for (let tries = 0; !(await leader()); tries += 1) {
      if (tries > 120) throw new Error(nodes[0]?.log());
      await sleep(500);
    }
    nodes[1]?.start();
    await settled();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    nodes,
    url: (database) =>
      `postgres://postgres:${PASSWORD}@${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${database}`,
    leader,
    settled,
    async switchOver() {
      const { leader: from, standby: to } = await settled();
      const answer = await fetch(`http://127.0.0.1:${from.restPort}/switchover`, {
        method: 'POST',
        body: JSON.stringify({ leader: from.name, candidate: to.name }),
      });
      if (!answer.ok) throw new Error(await answer.text());
    },
    stop,
  };
}
