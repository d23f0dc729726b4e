import { sql } from 'kysely';
import { type Database, openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { createVisitCounter, dayOf } from '#idp/visits/index.ts';
import { cloneDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { createJourney } from '../support/journey.ts';
import { freePort, startReplica } from '../support/replica.ts';

describe('P-03: a counter', () => {
  let clone: Awaited<ReturnType<typeof cloneDatabase>>;
  let database: Database<IdpTables>;
  let now = new Date('2026-11-22T15:59:59.500Z'); // half a second before midnight in Taipei

  beforeAll(async () => {
    clone = await cloneDatabase('idp');
    const onConnectionLost = (): void => {};
    database = openDatabase<IdpTables>({
      url: clone.url,
      connections: 2,
      applicationName: 'test',
      onConnectionLost,
    });
  });
  afterAll(async () => {
    await database.close();
    await clone.drop();
  });
  beforeEach(async () => {
    await sql`truncate visit_day`.execute(database.db);
    now = new Date('2026-11-22T15:59:59.500Z');
  });
  const counter = () => createVisitCounter(database.db, () => now);

  test('P-03: 500 visits cost one write, none cost none', async () => {
    const visits = await counter();
    const before = database.roundTrips;
    for (let visit = 0; visit < 500; visit += 1) visits.hit();
    expect(database.roundTrips).toBe(before);
    expect(visits.totals()).toEqual({ total: 500, today: 500 });
    await visits.flush();
    expect(database.roundTrips - before).toBe(2); // the write, and a look at what others wrote
    await visits.flush();
    expect(database.roundTrips - before).toBe(2);
    expect(visits.totals()).toEqual({ total: 500, today: 500 });
  });

  test('P-03: today begins at midnight in Taipei', async () => {
    const visits = await counter();
    visits.hit();
    now = new Date('2026-11-22T16:00:00.000Z');
    expect(visits.totals()).toEqual({ total: 1, today: 0 });
    visits.hit();
    visits.hit();
    await visits.flush();
    expect(visits.totals()).toEqual({ total: 3, today: 2 });
    const rows = await sql<{
      day: string;
      visits: number;
    }>`select day::text, visits from visit_day order by day`.execute(database.db);
    expect(rows.rows).toEqual([
      { day: '2026-11-22', visits: 1 },
      { day: '2026-11-23', visits: 2 },
    ]);
    expect(dayOf(new Date('2026-12-31T15:59:59Z'))).toBe('2026-12-31');
    expect(dayOf(new Date('2026-12-31T16:00:00Z'))).toBe('2027-01-01');
  });

  test('P-03: many replicas add up, at the same moment too', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, counter));
    for (const [at, visits] of all.entries()) for (let hit = 0; hit <= at; hit += 1) visits.hit();
    await Promise.all(all.map((visits) => visits.flush()));
    now = new Date(now.getTime() + 5000); // now they look at what the others wrote
    await Promise.all(all.map((visits) => visits.flush()));
    for (const visits of all) expect(visits.totals().total).toBe(36);
  });

  test('P-03: a write that failed is made up for', async () => {
    const visits = await counter();
    visits.hit();
    await sql`alter table visit_day rename to visit_away`.execute(database.db);
    await expect(visits.flush()).rejects.toThrow('visit_day');
    visits.hit();
    await sql`alter table visit_away rename to visit_day`.execute(database.db);
    expect(visits.totals().total).toBe(2);
    await visits.flush();
    expect((await counter()).totals().total).toBe(2);
  });
});

describe('P-03: the public home', () => {
  let world: IdpWorld;

  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
    await sql`create table visit_write (at timestamptz not null default clock_timestamp())`.execute(
      world.database.db,
    );
    await sql`create function note_visit_write() returns trigger language plpgsql as
      $$ begin insert into visit_write default values; return null; end $$`.execute(world.database.db);
    await sql`create trigger visit_written after insert or update on visit_day
      for each statement execute function note_visit_write()`.execute(world.database.db);
  });
  afterAll(() => world.stop());

  const written = async (): Promise<number> => {
    const result = await sql<{
      sum: number;
    }>`select coalesce(sum(visits), 0)::bigint as sum from visit_day`.execute(world.database.db);
    return result.rows[0]?.sum ?? 0;
  };

  test('P-03: 500 visits at two replicas are all counted, at most one write a second for both', async () => {
    const startedAt = Date.now();
    const at = (visit: number): string => world.replicaUrls[visit % 2] ?? '';
    for (let visit = 0; visit < 500; visit += 20) {
      const batch = Array.from({ length: 20 }, (_, one) => fetch(`${at(visit + one)}/`));
      const answers = await Promise.all(batch);
      expect(answers.every(({ status }) => status === 200)).toBe(true);
      await Promise.all(answers.map((answer) => answer.arrayBuffer()));
    }
    await eventually(async () => expect(await written()).toBe(500), 5000);
    const seconds = (Date.now() - startedAt) / 1000;
    const writes = await sql<{ count: number }>`select count(*) from visit_write`.execute(world.database.db);
    const perStatement = 2; // an upsert counts as an insert statement and an update statement
    expect((writes.rows[0]?.count ?? 0) / perStatement).toBeLessThanOrEqual(Math.ceil(seconds) + 2);
  });

  test('P-03: a browser counts once a day, whatever it opens; the home says how many came', async () => {
    const journey = createJourney();
    const before = await written();
    for (let look = 0; look < 3; look += 1) await journey.open(`${world.issuer}/`);
    await journey.open(`${world.issuer}/announcements`);
    await eventually(async () => expect(await written()).toBe(before + 1), 8000);
    let home = await journey.open(`${world.issuer}/`);
    await eventually(async () => {
      home = await journey.open(`${world.issuer}/`); // a replica learns the others' counts with its own next write
      expect(home.text).toContain(`累積總瀏覽數：${before + 1} 今日總瀏覽數：`);
    }, 8000);
    expect(journey.jar.get('idp_visit')).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(home.headers.getSetCookie()).toEqual([]);
  });

  test('P-03: behind a proxy that ends TLS the cookie is one of its host alone', async () => {
    const port = await freePort();
    const env = { ...world.env, IDP_ISSUER: 'https://localhost:8443', IDP_PORT: String(port) };
    const replica = await startReplica(['idp/main.ts'], env);
    const response = await fetch(`http://localhost:${port}/`);
    expect(response.status).toBe(200);
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-idp_visit=\d{4}-\d{2}-\d{2}; path=\/; samesite=lax; secure; httponly$/i),
    ]);
    await replica.stop();
  });

  test('P-03: what was counted is written before a replica ends', async () => {
    const before = await written();
    const [, second = ''] = world.replicaUrls;
    for (let visit = 0; visit < 7; visit += 1) await fetch(`${second}/`);
    await world.replicas[1]?.stop();
    expect(await written()).toBe(before + 7);
  });
});
