import { type Database, openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { LIFETIME_CLASSES, makeArtefactId, placeOf } from '#idp/oidc/storage/artefact-id.ts';
import { maintainPartitions } from '#idp/oidc/storage/partitions.ts';
import { DAY, HOUR, after } from '#kit/clock.ts';
import { cloneDatabase } from '../support/databases.ts';

const NOW = new Date('2026-11-22T06:00:00Z');
const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);

describe('where an artefact lives', () => {
  it('stands in its id, and nowhere else', () => {
    for (const life of LIFETIME_CLASSES) {
      const id = makeArtefactId(seconds(NOW), life.longestSeconds);
      expect(placeOf(id)).toEqual({
        table: life.table,
        bucket: Math.floor((seconds(NOW) + life.longestSeconds) / life.bucketSeconds),
      });
    }
  });

  it.each(['', 'm', 'x'.repeat(50), `m${'z'.repeat(49)}`, 'a.b.c', 'm000000'])('is nowhere for %j', (id) => {
    expect(placeOf(id)).toBeUndefined();
  });

  it.each(LIFETIME_CLASSES)('keeps at most four partitions of $table live', (life) => {
    const buckets = new Set<number>();
    for (let ttl = 0; ttl <= life.longestSeconds; ttl += 60) {
      buckets.add(Math.floor((seconds(NOW) + ttl) / life.bucketSeconds));
    }
    expect(buckets.size).toBeLessThanOrEqual(4);
  });
});

describe('partition upkeep', () => {
  let clone: Awaited<ReturnType<typeof cloneDatabase>>;
  let database: Database<IdpTables>;

  beforeAll(async () => {
    clone = await cloneDatabase('idp');
    database = openDatabase({
      url: clone.url,
      connections: 6,
      applicationName: 'test',
      onConnectionLost: () => {},
    });
  });
  afterAll(async () => {
    await database.close();
    await clone.drop();
  });

  const count = async (): Promise<number> => {
    const [row] = await database.query<{ count: number }>(
      `select count(*)::int as count from pg_inherits where inhparent::regclass::text like $1`,
      ['artefact_%'],
    );
    return row?.count ?? 0;
  };

  it('makes what is needed once, however many replicas ask at once, and then has nothing to do', async () => {
    await Promise.all([1, 2, 3].map(() => maintainPartitions(database.db, NOW)));
    const made = await count();
    expect(made).toBeGreaterThan(10);
    expect(await maintainPartitions(database.db, NOW)).toEqual({ created: 0, dropped: 0 });
    expect(await count()).toBe(made);
  });

  it('drops what has expired as a whole and never grows', async () => {
    const made = await count();
    await database.query(
      `insert into artefact_minutes (bucket, id_digest, kind, payload) values ($1, $2, 'AccessToken', '{}')`,
      [Math.floor(seconds(NOW) / 900), Buffer.alloc(32)],
    );
    for (let hour = 1; hour <= 48; hour += 1) {
      await maintainPartitions(database.db, after(NOW, hour * HOUR));
    }
    const later = await maintainPartitions(database.db, after(NOW, 2 * DAY));
    expect(later).toEqual({ created: 0, dropped: 0 });
    expect(await count()).toBeLessThanOrEqual(made + 2);
    const [row] = await database.query<{ rows: number }>(
      'select count(*)::int as rows from artefact_minutes where $1',
      [true],
    );
    expect(row?.rows).toBe(0);
  });

  it('looks one artefact up in one partition', async () => {
    await maintainPartitions(database.db, NOW);
    const [row] = await database.query<{ 'QUERY PLAN': { Plan: unknown }[] }>(
      `explain (format json) select payload from artefact_minutes where bucket = ${Math.floor(
        seconds(NOW) / 900,
      )} and id_digest = '\\x00'::bytea`,
      [],
    );
    const scanned = JSON.stringify(row).match(/"Relation Name":"artefact_minutes_\d+"/g) ?? [];
    expect(scanned).toHaveLength(1);
  });
});
