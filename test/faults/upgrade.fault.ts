import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { ensureDatabase } from '#db/migrate.ts';
import { addPeople } from '../../bench/people.ts';
import { type Balancer, startBalancer } from '../support/balancer.ts';
import { CLIENT_SECRET } from '../support/idp-world.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';
import { type Release, checkOutPreviousRelease } from '../support/previous-release.ts';
import { type Replica, freePort, runProgram, startReplica } from '../support/replica.ts';
import { startLoad } from './load.ts';
import { auditLoad } from './oracle.ts';
import { recordResult } from './report.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const MANIFESTS = [
  ...['bench/manifest.json', 'test/protocol/manifests/spa.json', 'mch-app/manifest.json'],
  ...['cancer', 'smoking'].map((name) => `examples/subsystem/manifests/${name}.json`),
];
const PEOPLE = 20;
/** How long both releases serve side by side, each time; the plan's ten minutes by `MIXED_SECONDS=600`. */
const MIXED_MS = Number(process.env['MIXED_SECONDS'] ?? 8) * 1000;

describe('an upgrade at noon', () => {
  let previous: Release;
  let env: NodeJS.ProcessEnv;
  let ports: number[];
  let balancer: Balancer;
  let database: Database<IdpTables>;
  const running = new Map<number, Replica>();
  const current = (file: string): string => path.join(ROOT, file);

  beforeAll(async () => {
    previous = checkOutPreviousRelease();
    const server = process.env['TEST_DATABASE_SERVER'] ?? '';
    const name = `upgrade_${randomBytes(6).toString('hex')}`;
    await ensureDatabase(server, name);
    const url = server.replace('/postgres?', `/${name}?`);
    ports = [];
    while (ports.length < 5) ports.push(await freePort());
    const rp = 'http://localhost:1';
    env = {
      ...{ NODE_ENV: 'test', IDP_DEMO: '1', IDP_DATABASE_URL: url, CAPTCHA_FIXED: FIXED_CAPTCHA },
      IDP_ISSUER: `http://localhost:${ports[4]}`,
      IDP_MASTER_KEYS: Buffer.alloc(32, 7).toString('base64'),
      IDP_TRUSTED_PROXY_HOPS: '1',
      IDP_DRAIN_SECONDS: '3',
      ...{ ARGON2_MEMORY_KIB: '64', ARGON2_TIME: '1' },
      ...{ RP_ORIGIN: rp, MCH_ORIGIN: rp, CANCER_ORIGIN: rp, SMOKING_ORIGIN: rp },
      ...Object.fromEntries(
        ['BENCH', 'MCH_APP', 'CANCER_SCREENING', 'SMOKING_CESSATION'].map((client) => [
          `CLIENT_SECRET_${client}`,
          CLIENT_SECRET,
        ]),
      ),
    };
    for (const command of [['migrate'], ['subsystems', 'apply', ...MANIFESTS], ['seed-demo']])
      await succeed(runProgram([previous.program('idp/cli.ts'), ...command], env));
    await addPeople(url, PEOPLE);
    database = openDatabase<IdpTables>({
      ...{ url, connections: 2, applicationName: 'test', onConnectionLost: () => {} },
    });
    balancer = await startBalancer(
      ports.slice(0, 4).map((port) => `http://localhost:${port}`),
      { port: ports[4] ?? 0 },
    );
    await Promise.all([0, 1].map((index) => start(index, previous.program('idp/main.ts'))));
  });
  afterAll(async () => {
    await Promise.all([...running.values()].map((replica) => replica.stop()));
    await balancer.stop();
    await database.close();
    previous.remove();
  });

  async function start(index: number, program: string): Promise<void> {
    running.set(index, await startReplica([program], { ...env, IDP_PORT: String(ports[index]) }));
    await balancer.waitFor(index, true);
  }

  /** One replica of the other release comes, then one of this goes. */
  async function replace(old: number, by: number, program: string): Promise<void> {
    await start(by, program);
    await sleep(MIXED_MS);
    expect(await running.get(old)?.stop()).toBe(0);
    running.delete(old);
    await sleep(1000);
  }

  it('R3: forward and back under load, two releases at a time: no request fails, nothing is lost or used twice', async () => {
    const target = {
      issuer: env['IDP_ISSUER'] ?? '',
      clientSecret: CLIENT_SECRET,
      rpOrigin: 'http://localhost:1',
    };
    const load = await startLoad(target, { users: PEOPLE, perSecond: 30, seconds: 3600 });
    await sleep(2000);
    const before = await migrations();
    await succeed(runProgram([current('idp/cli.ts'), 'migrate'], env));
    const after = await migrations();
    await sleep(2000);
    await replace(0, 2, current('idp/main.ts'));
    await replace(1, 3, current('idp/main.ts'));
    await sleep(2000);
    await replace(2, 0, previous.program('idp/main.ts'));
    await replace(3, 1, previous.program('idp/main.ts'));
    await sleep(2000);
    const ledger = await load.stop();
    const faults = await auditLoad({ ...target, database }, ledger);
    const failed = ledger.failures();
    recordResult({
      row: 'R3',
      deed: `two replicas of ${previous.commit.slice(0, 7)} upgraded one by one and rolled back, ${MIXED_MS / 1000} s mixed each time`,
      figures: `${after - before} migrations under load; ${ledger.summary()}`,
      passed: failed.length === 0 && faults.length === 0,
    });
    expect(after).toBeGreaterThanOrEqual(before);
    expect([failed.slice(0, 5), faults]).toEqual([[], []]);
  });

  async function migrations(): Promise<number> {
    const rows = await database.query('select name from kysely_migration where name > $1', ['']);
    return rows.length;
  }
});

async function succeed(run: Promise<{ code: number | null; output: string }>): Promise<void> {
  const { code, output } = await run;
  if (code !== 0) throw new Error(output);
}
