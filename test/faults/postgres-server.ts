import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import pg from 'pg';
import { type RunAs, bareEnvironment, chooseRunAs } from '../../db/embedded/run-as.ts';
import { freePort } from '../support/replica.ts';

/** Debian's, the oldest release that is supported. */
export const OLDEST_BINARIES = '/usr/lib/postgresql/15/bin';
const START_DEADLINE_MS = 30_000;

/** One PostgreSQL 15 on a loopback port, run by an ordinary user, that a test may treat as badly as it likes. */
export class PostgresServer {
  readonly name: string;
  readonly port: number;
  readonly dataDir: string;
  readonly #runAs: RunAs;
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #log = '';

  private constructor(name: string, folder: string, port: number) {
    this.name = name;
    this.port = port;
    this.#folder = folder;
    this.#runAs = chooseRunAs({ bin: OLDEST_BINARIES }, path.join(folder, name));
    this.dataDir = this.#runAs.dataDir;
  }

  /** @param folder an empty private folder that the caller removes in the end */
  static async create(name: string, folder: string): Promise<PostgresServer> {
    mkdirSync(folder, { recursive: true });
    return new PostgresServer(name, folder, await freePort());
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Id of the postmaster. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** The end of the server's log. */
  get log(): string {
    return this.#log;
  }

  url(database: string): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`;
  }

  /** A new, empty cluster whose write-ahead log lets it be followed and rewound. */
  initialise(settings: string[] = []): void {
    mkdirSync(this.dataDir, { recursive: true, mode: 0o700 });
    this.#runAs.own(this.dataDir);
    this.#run('initdb', [
      '-D',
      this.dataDir,
      '-U',
      'postgres',
      '--auth=trust',
      '--locale=C.UTF-8',
      '-E',
      'UTF8',
    ]);
    this.configure(['wal_log_hints=on', 'wal_keep_size=256MB', 'max_connections=100', ...settings]);
  }

  /** Adds settings to postgresql.conf; the last one of a name counts. */
  configure(settings: string[]): void {
    const lines = settings.map((setting) => setting.replace(/^(\w+)=(.*)$/, "$1 = '$2'"));
    appendFileSync(path.join(this.dataDir, 'postgresql.conf'), `${lines.join('\n')}\n`);
  }

  /** Makes this server a streaming standby of `primary` from a fresh copy. */
  copyFrom(primary: PostgresServer): void {
    rmSync(this.dataDir, { recursive: true, force: true });
    mkdirSync(this.dataDir, { recursive: true, mode: 0o700 });
    this.#runAs.own(this.dataDir);
    this.#run('pg_basebackup', ['-d', primary.#conninfo(), '-D', this.dataDir, '-X', 'stream', '-c', 'fast']);
    this.#follow(primary);
  }

  /** Brings an old primary back as a standby of the one that took over. */
  rewindTo(primary: PostgresServer): void {
    this.#run('pg_rewind', ['-D', this.dataDir, `--source-server=${primary.#conninfo()}`]);
    this.#follow(primary);
  }

  /** A folder beside the data that the server may write to. */
  makeFolder(name: string): string {
    const folder = path.join(path.dirname(this.dataDir), name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#runAs.own(folder);
    return folder;
  }

  /** A base backup, as an operator takes one. */
  backUp(to: string): void {
    this.#run('pg_basebackup', ['-d', this.#conninfo(), '-D', to, '-X', 'fetch', '-c', 'fast']);
  }

  /** The stopped server begins anew from a base backup, with these settings for its recovery. */
  restoreFrom(backup: string, settings: string[]): void {
    rmSync(this.dataDir, { recursive: true, force: true });
    this.#run('cp', ['-a', backup, this.dataDir], '/bin');
    writeFileSync(path.join(this.dataDir, 'recovery.signal'), '');
    this.configure(settings);
  }

  async start(): Promise<void> {
    const args = ['-D', this.dataDir, '-k', this.#folder, '-p', String(this.port), '-h', '127.0.0.1'];
    const server = path.join(OLDEST_BINARIES, 'postgres');
    const {
      file,
      args: all,
      options,
    } = this.#runAs.command('/usr/bin/setpriv', [...['--pdeathsig', 'SIGINT', '--', server], ...args]);
    this.#log = '';
    this.#child = spawn(file, all, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: bareEnvironment,
      detached: true,
      ...options,
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#log = (this.#log + chunk.toString()).slice(-50_000);
    });
    const deadline = performance.now() + START_DEADLINE_MS;
    while (!(await this.answers())) {
      if (!this.isRunning || performance.now() > deadline) throw new Error(`${this.name}:\n${this.#log}`);
      await sleep(50);
    }
  }

  /** `fast` ends sessions and writes everything; `immediate` and `kill` are crashes. */
  async stop(how: 'fast' | 'immediate' | 'kill' = 'fast'): Promise<void> {
    const child = this.#child;
    if (!child || !this.isRunning) return;
    const backends = childrenOf(this.pid);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(how === 'fast' ? 'SIGINT' : how === 'immediate' ? 'SIGQUIT' : 'SIGKILL');
    await gone;
    // they notice by themselves that their postmaster is gone; until then the folder cannot be started anew
    while (backends.some((pid) => existsSync(`/proc/${pid}`))) await sleep(20);
  }

  /** A standby becomes the primary. */
  async promote(): Promise<void> {
    await this.query('select pg_promote(true, 30)');
  }

  async query<Row extends pg.QueryResultRow>(
    text: string,
    values: unknown[] = [],
    database = 'postgres',
  ): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.url(database), connectionTimeoutMillis: 2000 });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end().catch(() => {});
    }
  }

  async answers(): Promise<boolean> {
    return this.query('select 1').then(
      () => true,
      () => false,
    );
  }

  #conninfo(): string {
    return `host=127.0.0.1 port=${this.port} user=postgres dbname=postgres`;
  }

  #follow(primary: PostgresServer): void {
    writeFileSync(path.join(this.dataDir, 'standby.signal'), '');
    this.configure([`primary_conninfo=${primary.#conninfo()} application_name=${this.name}`]);
    this.configure(['recovery_target_timeline=latest', 'hot_standby=on']);
  }

  #run(program: string, given: string[], folder = OLDEST_BINARIES): void {
    const { file, args, options } = this.#runAs.command(path.join(folder, program), given);
    const done = spawnSync(file, args, { encoding: 'utf8', env: bareEnvironment, ...options });
    if (done.status !== 0) throw new Error(`${program}: ${done.stderr ?? String(done.error)}`);
  }
}

function childrenOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  } catch {
    return [];
  }
}

/** Whether this machine has Debian's PostgreSQL 15. */
export function hasOldestPostgres(): boolean {
  return existsSync(path.join(OLDEST_BINARIES, 'postgres'));
}
