import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedServer } from '#db/embedded/server.ts';
import { ensureDatabase } from '#db/migrate.ts';
import { FIXED_CAPTCHA } from '../test/support/journey.ts';
import { freePort, runProgram, startReplica } from '../test/support/replica.ts';
import { addPeople } from './people.ts';

export interface BenchWorld {
  issuer: string;
  clientSecret: string;
  idpPid: number;
  databasePid: number | undefined;
  databaseUrl: string;
  helloOrigin: string;
  helloPid: number;
  stop(): Promise<void>;
}

/**
 * A durable PostgreSQL (fsync on) of its own, one identity provider process as in production, `people` accounts
 * with two bound subsystem accounts each, and the bare server to compare with.
 */
export async function startBenchWorld(
  people: number,
  settings: Record<string, string> = {},
): Promise<BenchWorld> {
  const dir = mkdtempSync(path.join(tmpdir(), 'single-entry-bench-'));
  const server = await startEmbeddedServer(path.join(dir, 'pg18'));
  const stops: (() => Promise<unknown>)[] = [() => server.stop()];
  const stop = async (): Promise<void> => {
    for (const step of stops.reverse()) await step();
    rmSync(dir, { recursive: true, force: true });
    rmSync(server.socketDir, { recursive: true, force: true });
  };
  try {
    await ensureDatabase(server.url('postgres'), 'idp');
    const port = await freePort();
    const issuer = `http://localhost:${port}`;
    const clientSecret = randomBytes(32).toString('base64url');
    const env = {
      IDP_DATABASE_URL: server.url('idp'),
      IDP_PORT: String(port),
      IDP_ISSUER: issuer,
      IDP_MASTER_KEYS: randomBytes(32).toString('base64'),
      IDP_DEMO: '1',
      CAPTCHA_FIXED: FIXED_CAPTCHA,
      CLIENT_SECRET_BENCH: clientSecret,
      ...settings,
      ...passedOn(['ARGON2_MEMORY_KIB', 'ARGON2_TIME', 'IDP_DATABASE_CONNECTIONS']),
    };
    for (const command of [['migrate'], ['subsystems', 'apply', 'bench/manifest.json']]) {
      const { code, output } = await runProgram(['idp/cli.ts', ...command], env);
      if (code !== 0) throw new Error(output);
    }
    await populate(server.url('idp'), people, env);
    const idp = await startReplica(['idp/main.ts'], env);
    stops.push(() => idp.stop());
    const hello = await startReplica(['bench/hello.ts'], {});
    stops.push(() => hello.kill());
    return {
      ...{ issuer, clientSecret, stop },
      ...{ idpPid: idp.pid, databasePid: server.pid, databaseUrl: server.url('idp') },
      ...{ helloOrigin: `http://localhost:${String(hello.message['port'])}`, helloPid: hello.pid },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function passedOn(names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

/** The demo world, whose password serves all, and the people of the load. */
async function populate(url: string, people: number, env: NodeJS.ProcessEnv): Promise<void> {
  const demo = await runProgram(['idp/cli.ts', 'subsystems', 'apply', ...DEMO_MANIFESTS], {
    ...env,
    ...ORIGINS,
  });
  const seeded = await runProgram(['idp/cli.ts', 'seed-demo'], env);
  if (demo.code !== 0 || seeded.code !== 0) throw new Error(demo.output + seeded.output);
  await addPeople(url, people);
}

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
