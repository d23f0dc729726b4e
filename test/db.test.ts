import { type Database, openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { idpMigrations } from '#db/idp/migrations.ts';
import { migrate } from '#db/migrate.ts';
import { cloneDatabase } from './support/databases.ts';

describe('the identity provider database', () => {
  let database: Database<IdpTables>;
  let clone: Awaited<ReturnType<typeof cloneDatabase>>;

  beforeAll(async () => {
    clone = await cloneDatabase('idp');
    database = openDatabase({
      url: clone.url,
      connections: 4,
      applicationName: 'test',
      onConnectionLost: () => {},
    });
  });
  afterAll(async () => {
    await database.close();
    await clone.drop();
  });

  it('migrates once, however many replicas ask at the same time', async () => {
    await Promise.all([1, 2, 3].map(() => migrate(clone.url, idpMigrations)));
    const applied = await database.query<{ name: string }>(
      'select name from kysely_migration where name > $1',
      [''],
    );
    expect(applied).toHaveLength(Object.keys(idpMigrations).length);
  });

  it('sends statements named, so that they are planned once a connection', async () => {
    await database.db.selectFrom('account').select('id').where('login_name', '=', 'nobody').execute();
    const prepared = await database.query<{ count: number }>(
      'select count(*)::int as count from pg_prepared_statements where statement like $1',
      ['select "id" from "account"%'],
    );
    expect(prepared[0]?.count).toBe(1);
  });

  it('finds rows by their keys, although the plan was made while the table was known to be empty', async () => {
    const planOf = async (plans: 'keyed' | 'generic'): Promise<string> => {
      const one = { connections: 1, applicationName: 'test', onConnectionLost: () => {}, plans };
      const keyed = openDatabase<IdpTables>({ url: clone.url, ...one });
      const text = 'select payload from oidc_interaction where uid_digest = $1';
      await keyed.query(text, [Buffer.alloc(32)]);
      const [{ name } = { name: '' }] = await keyed.query<{ name: string }>(
        'select name from pg_prepared_statements where statement = $1',
        [text],
      );
      const plan = await keyed.query<{ 'QUERY PLAN': string }>(`explain execute "${name}"('')`, []);
      await keyed.close();
      return plan[0]?.['QUERY PLAN'] ?? '';
    };
    await database.query('vacuum (analyze) oidc_interaction', []);
    expect(await planOf('generic')).toContain('Seq Scan'); // what is told apart
    expect(await planOf('keyed')).toContain('Index Scan');
  });

  it('reads the same rows each time, although their columns are described once a connection', async () => {
    const text = `select $1::int as whole, $2::timestamptz as at, '{"a":[1]}'::jsonb as json, null::text as nothing,
      '\\x0102'::bytea as bytes, 12345678901::bigint as large, array['x']::text[] as list from generate_series(1, $3::int)`;
    const at = new Date('2026-11-23T00:00:00Z');
    const row = {
      ...{ whole: 1, at, json: { a: [1] }, nothing: null },
      ...{ bytes: Buffer.from([1, 2]), large: 12_345_678_901, list: ['x'] },
    };
    for (const rows of [2, 0, 1, 3]) {
      expect(await database.query(text, [1, at, rows])).toEqual(Array.from({ length: rows }, () => row));
    }
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await database.query('delete from account where login_name = $1', ['nobody'])).toEqual([]);
      await expect(database.query('select 1 / $1::int as share', [0])).rejects.toThrow('division by zero');
      expect(await database.query('select 1 / $1::int as share', [1])).toEqual([{ share: 1 }]);
      await expect(database.query(text, [Symbol('none'), at, 1])).rejects.toThrow();
    }
  });

  it('sends what is read at once together over one connection, each with its own answer or failure', async () => {
    const text = 'select pg_backend_pid() as pid, 12 / $1::int as share';
    const before = database.roundTrips;
    const numbers = Array.from({ length: 40 }, (_none, n) => n % 4);
    for (let turn = 0; turn < 2; turn += 1) {
      const all = await Promise.allSettled(
        numbers.map((n) => database.read<{ pid: number; share: number }>(text, [n])),
      );
      const shares = all.map((one) =>
        one.status === 'fulfilled' ? one.value[0]?.share : (one.reason as Error).message,
      );
      expect(shares).toEqual(numbers.map((n) => (n === 0 ? 'division by zero' : 12 / n)));
      const pids = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value[0]?.pid] : []));
      expect(new Set(pids).size).toBe(1);
      await expect(database.read(text, [Symbol('none')])).rejects.toThrow();
    }
    expect(database.roundTrips - before).toBe(2 * 41);
  });

  it('reads while every other connection is taken, and when the shared one was lost', async () => {
    const other = await database.connect();
    try {
      await other.query('select pg_advisory_lock(4711)');
      const waiting = Array.from({ length: 6 }, () =>
        database.query('select pg_advisory_xact_lock($1)', [4711]),
      );
      const pid = 'select pg_backend_pid() as pid where $1';
      const read = async () => (await database.read<{ pid: number }>(pid, [true]))[0]?.pid;
      const first = await read();
      await other.query('select pg_advisory_unlock(4711)');
      await Promise.all(waiting);
      const reads = Array.from({ length: 10 }, read);
      await other.query('select pg_terminate_backend($1)', [first]);
      const later = [...(await Promise.all(reads)), ...(await Promise.all([read(), read()]))];
      expect(later.every((each) => typeof each === 'number')).toBe(true);
      expect(later.at(-1)).not.toBe(first);
    } finally {
      await other.end();
    }
  });

  it('is refused a statement whose columns have changed since, and never reads them as what they were', async () => {
    const one = openDatabase({
      url: clone.url,
      connections: 1,
      applicationName: 'test',
      onConnectionLost: () => {},
    });
    try {
      await database.query('create table changing (a int, b int)', []);
      await database.query('insert into changing values ($1, 2)', [1]);
      const read = () => one.query('select * from changing where $1', [true]);
      expect([await read(), await read()]).toEqual([[{ a: 1, b: 2 }], [{ a: 1, b: 2 }]]);
      await database.query('alter table changing drop column a', []);
      await expect(read()).rejects.toThrow('cached plan must not change result type');
    } finally {
      await one.close();
      await database.query('drop table changing', []);
    }
  });

  it('refuses to change or remove an audit record', async () => {
    await database.db
      .insertInto('audit_event')
      .values({ type: 'test.done', outcome: 'success' } as never)
      .execute();
    await expect(database.db.deleteFrom('audit_event').execute()).rejects.toMatchObject({ code: '42501' });
    await expect(
      database.db.updateTable('audit_event').set({ reason: 'changed' }).execute(),
    ).rejects.toMatchObject({ code: '42501' });
  });
});
