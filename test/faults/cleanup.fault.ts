import { setTimeout as sleep } from 'node:timers/promises';
import { startLoad } from './load.ts';
import { auditLoad } from './oracle.ts';
import { recordResult } from './report.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

const ROWS = Number(process.env['CLEANUP_ROWS'] ?? 1_000_000);
const CALM_MS = 15_000;
/** An old bucket of a quarter of an hour: its partition is dropped at the next turn. */
const BUCKET = 1000;

const BACKLOG = [
  `insert into oidc_grant (id, account_id, client_id, payload, expires_at)
   select 'old' || n, gen_random_uuid(), 'bench', '{"a": "some payload of an ordinary length"}', now() + interval '1 hour'
   from generate_series(1, $1::int) n`,
  `insert into artefact_minutes_${BUCKET} (bucket, id_digest, kind, payload)
   select ${BUCKET}, sha256(n::text::bytea), 'AccessToken', '{"a": "some payload of an ordinary length"}'
   from generate_series(1, $1::int) n`,
];

describe('a backlog of expired rows', () => {
  let world: FaultWorld;
  beforeAll(async () => {
    world = await startFaultWorld({ replicas: 2, people: 10 });
  });
  afterAll(() => world.stop());

  it('R36: two replicas clear it away at once, and refreshes hardly notice', async () => {
    const { database } = world;
    await database.query(`create table artefact_minutes_${BUCKET} (like artefact_minutes including all)`, []);
    for (const text of BACKLOG) {
      for (let part = 0; part < 10; part += 1) {
        await database.query(
          text.replace("'old' || n", `'old${part}.' || n`).replace('n::text', `(n::text || '.${part}')`),
          [ROWS / 10],
        );
      }
    }
    await database.query('vacuum analyze oidc_grant', []);
    const load = await startLoad(world, { users: 10, perSecond: 20, seconds: 600, mix: { refresh: 100 } });
    await sleep(CALM_MS);
    const from = load.now();
    await database.query(
      `alter table artefact_minutes attach partition artefact_minutes_${BUCKET} for values in (${BUCKET})`,
      [],
    );
    // a tenth at a time, so that the test's own statement is no long one
    for (let part = 0; part < 10; part += 1) {
      await database.query(
        "update oidc_grant set expires_at = now() - interval '1 second' where id >= $1 and id < $2",
        [`old${part}.`, `old${part}.a`],
      );
    }
    const left = async (): Promise<number> => {
      const [grants] = await database.query<{ left: number }>(
        "select count(*) as left from oidc_grant where id >= $1 and id < 'ole'",
        ['old'],
      );
      const [partition] = await database.query<{ left: number }>(
        'select count(*) as left from pg_class where relname = $1',
        [`artefact_minutes_${BUCKET}`],
      );
      return (grants?.left ?? 0) + (partition?.left ?? 0);
    };
    while ((await left()) > 0) await sleep(1000);
    const to = load.now();
    const ledger = await load.stop();
    const refreshes = (since: number, until: number) =>
      ledger.percentile(0.99, ({ path, at }) => path === '/oidc/token' && at >= since && at < until);
    const [calm, meanwhile] = [refreshes(0, from), refreshes(from, to)];
    const faults = await auditLoad(world, ledger);
    const passed =
      ledger.failures().length === 0 && faults.length === 0 && meanwhile < Math.max(4 * calm, 300);
    recordResult({
      row: 'R36',
      deed: `${ROWS.toLocaleString('en')} expired grants deleted and a partition of ${ROWS.toLocaleString('en')} tokens dropped, two replicas`,
      figures: `gone in ${((to - from) / 1000).toFixed(0)} s; p99 of a refresh ${calm.toFixed(0)} ms before, ${meanwhile.toFixed(0)} ms meanwhile; ${ledger.summary()}`,
      passed,
    });
    expect([ledger.failures().slice(0, 3), faults]).toEqual([[], []]);
    expect(meanwhile).toBeLessThan(Math.max(4 * calm, 300));
  });
});
