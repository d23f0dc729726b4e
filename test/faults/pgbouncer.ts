import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { bareEnvironment, chooseRunAs } from '../../db/embedded/run-as.ts';
import { freePort } from '../support/replica.ts';
import type { PostgresServer } from './postgres-server.ts';

export interface PgBouncer {
  url(database: string): string;
  stop(): Promise<void>;
}

/** PgBouncer in transaction mode before `server`, with the settings of docs/operating.md. */
export async function startPgBouncer(
  server: PostgresServer,
  options: { poolSize: number; program?: string; settings?: string[] },
): Promise<PgBouncer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pgbouncer-'));
  const port = await freePort();
  const file = path.join(folder, 'pgbouncer.ini');
  const settings = [
    '[databases]',
    `* = host=127.0.0.1 port=${server.port} user=postgres`,
    '[pgbouncer]',
    `listen_addr = 127.0.0.1`,
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    'pool_mode = transaction',
    `default_pool_size = ${options.poolSize}`,
    'max_client_conn = 200',
    'ignore_startup_parameters = extra_float_digits,options',
    'query_wait_timeout = 5',
    ...(options.settings ?? []),
  ];
  writeFileSync(file, `${settings.join('\n')}\n`);
  const runAs = chooseRunAs({ bin: '/usr/sbin' }, folder);
  runAs.own(folder);
  const command = runAs.command('/usr/bin/setpriv', [
    ...['--pdeathsig', 'SIGTERM', '--', ...(options.program ?? '/usr/sbin/pgbouncer').split(' ')],
    file,
  ]);
  const child: ChildProcess = spawn(command.file, command.args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: bareEnvironment,
    ...command.options,
  });
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-20_000)));
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = (database: string): string => `postgres://postgres@127.0.0.1:${port}/${database}`;
  for (let tries = 0; !(await answers(url('postgres'))); tries += 1) {
    if (child.exitCode !== null || tries > 100) throw new Error(`PgBouncer does not start:\n${log}`);
    await sleep(100);
  }
  return {
    url,
    async stop() {
      child.kill('SIGINT');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    await client.end();
    return true;
  } catch {
    return false;
  }
}
