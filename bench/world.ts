import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedServer } from '#db/embedded/server.ts';
import { ensureDatabase } from '#db/migrate.ts';
import { workerFlags } from '#kit/processes/primary.ts';
import { FIXED_CAPTCHA } from '../test/support/journey.ts';
import { freePort, runProgram, startReplica } from '../test/support/replica.ts';
import { addPeople } from './people.ts';

export interface BenchOptions {
  settings?: Record<string, string>;
  /** Further subsystems, `fan-1` and on, that are told of logouts at `rpOrigin`, and so many more people who are at each. */
  fan?: { clients: number; rpOrigin: string; people: number };
  /** Node's own, such as `--cpu-prof`. */
  nodeFlags?: string[];
  /** A database that is there already, with the demo world in it; it is neither made nor stopped. */
  database?: { url: string; pid: number | undefined; keys: string };
}

export interface BenchWorld {
  issuer: string;
  clientSecret: string;
  idpPid: number;
  databasePid: number | undefined;
  databaseUrl: string;
  /** The replicas after the first. */
  others: { url: string; pid: number }[];
  /** Starts one more. */
  addReplica(): Promise<void>;
  /** Milliseconds from starting the first replica to its saying that it is ready. */
  readyMs: number;
  stop(): Promise<void>;
}

/** Nothing that slows a single caller down: what is measured comes from one address and a few clients. */
const UNLIMITED = {
  CLIENT_REQUESTS_PER_MINUTE: '10000000',
  ADDRESS_REQUESTS_PER_MINUTE: '10000000',
  EXCHANGES_PER_MINUTE: '100000',
};
/** As `serve` starts a worker. */
const HEAP_MB = 128;
const COUNTED = ['shared_preload_libraries=pg_stat_statements', 'track_io_timing=off'];

/**
 * A durable PostgreSQL (fsync on) of its own, one identity provider process as in production, and `people` accounts
 * with two bound subsystem accounts each.
 */
export async function startBenchWorld(people: number, options: BenchOptions = {}): Promise<BenchWorld> {
  const dir = mkdtempSync(path.join(tmpdir(), 'single-entry-bench-'));
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of stops.reverse()) await step();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const database = options.database ?? (await startDatabase(dir, stops));
    const port = await freePort();
    const issuer = `http://localhost:${port}`;
    const clientSecret = randomBytes(32).toString('base64url');
    const env = {
      IDP_DATABASE_URL: database.url,
      IDP_PORT: String(port),
      IDP_ISSUER: issuer,
      IDP_MASTER_KEYS: database.keys,
      IDP_DEMO: '1',
      CAPTCHA_FIXED: FIXED_CAPTCHA,
      CLIENT_SECRET_BENCH: clientSecret,
      RP_ORIGIN: options.fan?.rpOrigin ?? 'http://localhost:4',
      ...ORIGINS,
      ...UNLIMITED,
      NODE_COMPILE_CACHE: COMPILED,
      ...options.settings,
      ...passedOn(['ARGON2_MEMORY_KIB', 'ARGON2_TIME', 'IDP_DATABASE_CONNECTIONS']),
    };
    const manifests = [...OWN_MANIFESTS, ...writeFan(dir, options.fan?.clients ?? 0)];
    if (!options.database) await succeed(['migrate'], env);
    await succeed(['subsystems', 'apply', ...(options.database ? [] : DEMO_MANIFESTS), ...manifests], env);
    if (!options.database) await succeed(['seed-demo'], env);
    await addPeople(database.url, people, options.fan?.people);
    const launch = { nodeFlags: [...workerFlags(HEAP_MB), ...(options.nodeFlags ?? [])] };
    const program = joinProgram();
    const began = performance.now();
    const idp = await startReplica([program], env, launch);
    const readyMs = performance.now() - began;
    stops.push(() => idp.stop());
    const others: BenchWorld['others'] = [];
    const addReplica = async (): Promise<void> => {
      const own = await freePort();
      const other = await startReplica([program], { ...env, IDP_PORT: String(own) }, launch);
      stops.push(() => other.stop());
      others.push({ url: `http://localhost:${own}`, pid: other.pid });
    };
    return {
      ...{ issuer, clientSecret, stop, others, addReplica, readyMs },
      ...{ idpPid: idp.pid, databasePid: database.pid, databaseUrl: database.url },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startDatabase(dir: string, stops: (() => Promise<unknown>)[]) {
  const server = await startEmbeddedServer(path.join(dir, 'pg18'), COUNTED);
  stops.push(async () => {
    await server.stop();
    rmSync(server.socketDir, { recursive: true, force: true });
  });
  await ensureDatabase(server.url('postgres'), 'idp');
  return { url: server.url('idp'), pid: server.pid, keys: randomBytes(32).toString('base64') };
}

/** As the image has it, its modules compiled once. @returns its file */
function joinProgram(): string {
  execFileSync(process.execPath, ['examples/deploy/bundle.mjs', JOINED], { cwd: ROOT });
  const program = path.join(JOINED, 'idp.mjs');
  spawnSync(process.execPath, [program], { cwd: ROOT, env: { NODE_COMPILE_CACHE: COMPILED } }); // has no settings, so it ends
  return program;
}

async function succeed(command: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const { code, output } = await runProgram(['idp/cli.ts', ...command], env);
  if (code !== 0) throw new Error(output);
}

/** Manifests like the public load driver's, each with a place for logouts. @returns their files */
function writeFan(dir: string, clients: number): string[] {
  const template = readFileSync(path.join(ROOT, 'bench/manifests/public.json'), 'utf8');
  return Array.from({ length: clients }, (_none, at) => {
    const n = at + 1;
    const manifest = JSON.parse(template) as { client: object };
    const letters = [at / 26, at % 26].map((index) => String.fromCharCode(97 + Math.floor(index))).join('');
    const file = path.join(dir, `fan-${n}.json`);
    const client = {
      ...manifest.client,
      client_id: `fan-${n}`,
      backchannel_logout_uri: `\${RP_ORIGIN}/logout?client=fan-${n}`,
    };
    writeFileSync(
      file,
      JSON.stringify({ ...manifest, code: `bench_fan_${n}`, suffix: `bf${letters}`, client }),
    );
    return file;
  });
}

function passedOn(names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

const ROOT = path.resolve(import.meta.dirname, '..');
const JOINED = '.data/bench/programs';
const COMPILED = path.join(ROOT, '.data/bench/compile-cache');
const ORIGINS = {
  MCH_ORIGIN: 'http://localhost:1',
  CANCER_ORIGIN: 'http://localhost:2',
  SMOKING_ORIGIN: 'http://localhost:3',
};
const DEMO_MANIFESTS = [
  'mch-app/manifest.json',
  'examples/subsystem/manifests/cancer.json',
  'examples/subsystem/manifests/smoking.json',
];
const OWN_MANIFESTS = ['bench/manifest.json', 'bench/manifests/public.json'];
