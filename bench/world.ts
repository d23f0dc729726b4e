import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedServer } from '#db/embedded/server.ts';
import { openDatabase } from '#db/handle.ts';
import { ensureDatabase } from '#db/migrate.ts';
import { FIXED_CAPTCHA } from '../test/support/journey.ts';
import { freePort, runProgram, startReplica } from '../test/support/replica.ts';

export const CLIENT_ID = 'bench';
/** The two accounts worker `n` acts as, in turn. */
export const accountsOf = (n: number): [string, string] => [
  `P@${personNo(n)}P@bench_01`,
  `P@${personNo(n)}P@bench_02`,
];
export const loginNameOf = (n: number): string => `bench.${n}`;
const personNo = (n: number): string => String(90_000_000 + n);

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
    await addPeople(server.url('idp'), people, env);
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

/** One hash serves all: what is measured is verifying it. */
async function addPeople(url: string, people: number, env: NodeJS.ProcessEnv): Promise<void> {
  const demo = await runProgram(['idp/cli.ts', 'subsystems', 'apply', ...DEMO_MANIFESTS], {
    ...env,
    ...ORIGINS,
  });
  const seeded = await runProgram(['idp/cli.ts', 'seed-demo'], env);
  if (demo.code !== 0 || seeded.code !== 0) throw new Error(demo.output + seeded.output);
  const database = openDatabase({
    url,
    connections: 1,
    applicationName: 'bench',
    onConnectionLost: () => {},
  });
  const unit = '9876543210';
  for (let n = 0; n < people; n += 1) {
    const [account] = await database.query<{ id: string }>(
      `insert into account (person_no, login_name, name, email, unit_code, role, status, national_id_sealed, national_id_index)
       values ($1, $2, $2, $2 || '@example.test', $3, 'user', 'active', '', '') returning id`,
      [personNo(n), loginNameOf(n), unit],
    );
    await database.query(
      `insert into password_credential (account_id, hash, changed_at)
       select $1, hash, now() from password_credential join account on account.id = account_id where login_name = $2`,
      [account?.id, 'demo.nurse'],
    );
    for (const [at, id] of accountsOf(n).entries()) {
      await database.query(
        `insert into subsystem_account (id, subsystem_code, account_id, national_id_index, holder_name, unit_code, role, duty, menu_roles, status)
         values ($1, 'bench', $2, '', 'bench', $3, 'bench_user', 'medical', array['bench_menu'], 'active')`,
        [id, account?.id, unit],
      );
      await database.query(
        'insert into binding (subsystem_account_id, account_id, name) values ($1, $2, $3)',
        [id, account?.id, `account ${at + 1}`],
      );
    }
  }
  await database.query('analyze', []);
  await database.close();
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
