import { sql } from 'kysely';
import pg from 'pg';
import { type SchemaStep, ensureDatabase, migrate } from '#db/migrate.ts';
import { randomBytes } from 'node:crypto';

const step = (statement: string, understoodSince?: string): SchemaStep => ({
  async up(db) {
    await sql.raw(statement).execute(db);
  },
  ...(understoodSince === undefined ? {} : { understoodSince }),
});

const before = { '0001-person': step('create table person (id int primary key, nick text)') };
const expanded = { ...before, '0002-name': step('alter table person add column name text') };
const contracted = {
  ...expanded,
  '0003-no-nick': step('alter table person drop column nick', '0002-name'),
};

describe('R3: upgrades without a pause', () => {
  let url: string;
  let admin: pg.Client;

  beforeEach(async () => {
    const server = process.env['TEST_DATABASE_SERVER'] ?? '';
    const name = `upgrade_${randomBytes(6).toString('hex')}`;
    await ensureDatabase(server, name);
    url = server.replace('/postgres?', `/${name}?`);
    admin = new pg.Client({ connectionString: url });
    await admin.connect();
  });
  afterEach(() => admin.end());

  it('R3: a release starts on a schema that a later release has expanded', async () => {
    await migrate(url, before);
    await migrate(url, expanded);
    await migrate(url, before);
    await migrate(url, expanded);
    const { rows } = await admin.query('select name from kysely_migration order by name');
    expect(rows.map(({ name }) => name)).toEqual(['0001-person', '0002-name']);
  });

  it('R3: steps written side by side go in whatever order they come', async () => {
    await migrate(url, { ...before, '0003-late': step('create table late (id int)') });
    await migrate(url, { ...expanded, '0003-late': step('create table late (id int)') });
    const { rows } = await admin.query('select id, name from person');
    expect(rows).toEqual([]);
  });

  it('R3: a release that uses what a later one took away refuses to start, in one sentence', async () => {
    await migrate(url, contracted);
    await expect(migrate(url, before)).rejects.toThrow(
      /^This release is too old for the database: 0003-no-nick took away what releases without 0002-name use\. Start a later release\.$/,
    );
    await migrate(url, expanded);
    await migrate(url, contracted);
  });

  it('R3: replicas of two releases that start at once agree', async () => {
    await Promise.all([before, expanded, expanded, before].map((steps) => migrate(url, steps)));
    await expect(admin.query('select name from person')).resolves.toMatchObject({ rowCount: 0 });
  });

  it('R12: an index on a table in use is made without holding up its writers; one left half made is made anew', async () => {
    await migrate(url, before);
    await admin.query('begin');
    await admin.query('insert into person values (1)');
    const indexes = { person_nick: 'person (nick)' };
    const migrating = migrate(url, { ...before, '0002-index': { ...step('select 1'), indexes } });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const other = new pg.Client({ connectionString: url, options: '-c lock_timeout=500' });
    await other.connect();
    await other.query('insert into person values (2)');
    await admin.query('commit');
    await migrating;
    const valid = `select indisvalid from pg_index where indexrelid = 'person_nick'::regclass`;
    expect((await other.query(valid)).rows).toEqual([{ indisvalid: true }]);

    await admin.query(`update pg_index set indisvalid = false where indexrelid = 'person_nick'::regclass`);
    await migrate(url, { ...before, '0002-index': { ...step('select 1'), indexes } });
    expect((await other.query(valid)).rows).toEqual([{ indisvalid: true }]);
    await other.end();
  });

  it('R12: a migration gives way to a table in use, lets others pass, and comes again', async () => {
    await migrate(url, before);
    await admin.query('begin');
    await admin.query('select * from person');
    const migrating = migrate(url, expanded);
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    await new Promise((resolve) => setTimeout(resolve, 300)); // the migration waits for the lock by now
    const started = performance.now();
    await other.query('select * from person');
    expect(performance.now() - started).toBeLessThan(3000);
    await admin.query('commit');
    await migrating;
    await expect(other.query('select name from person')).resolves.toMatchObject({ rowCount: 0 });
    await other.end();
  });

  it('R12: a migration gives way to a transaction that waits for it in turn, and comes again', async () => {
    const tables = { ...before, '0002-visit': step('create table visit (id int)') };
    await migrate(url, tables);
    await admin.query("set deadlock_timeout = '60s'"); // the migration is the one to find out
    await admin.query('begin');
    await admin.query('insert into visit values (1)');
    const both = 'alter table person add column name text; select pg_sleep(1); alter table visit add at date';
    const migrating = migrate(url, { ...tables, '0003-both': step(both) });
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    const held = `select from pg_locks where relation = 'person'::regclass and mode = 'AccessExclusiveLock'`;
    while ((await other.query(held)).rowCount === 0);
    await admin.query('insert into person values (1)'); // waits for the migration, which now waits for visit
    await admin.query('commit');
    await migrating;
    await expect(other.query('select name from person')).resolves.toMatchObject({ rowCount: 1 });
    await other.end();
  });
});
