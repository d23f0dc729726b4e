import { randomBytes } from 'node:crypto';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { idpMigrations } from '#db/idp/migrations.ts';
import { mchMigrations } from '#db/mch/migrations.ts';
import { type SchemaStep, ensureDatabase, migrate } from '#db/migrate.ts';
import { findContractions } from './support/expand-only.ts';

/** The newest of those that ran before anybody upgraded without a pause. */
const FROZEN = { idp: '0024-review-history', mch: '0002-ended-elsewhere' };

/** What looks like a contraction and is none, and why. */
const HARMLESS: Record<string, string> = {
  // of columns that the release before does not know and leaves empty
  '0025-key-evidence': 'signing_key: constraint signing_key_waits added',
  // the release before writes `private_sealed` with every key, and no token_reference
  '0026-keys-in-tokens': 'signing_key: constraint signing_key_kept_once added',
};

describe('R3: migrations only expand, unless they say whom they leave behind', () => {
  it.each([
    ['idp', idpMigrations, FROZEN.idp],
    ['mch', mchMigrations, FROZEN.mch],
  ] as const)('R3: %s', async (name, steps, newest) => {
    const server = process.env['TEST_DATABASE_SERVER'] ?? '';
    const database = `${name}_${randomBytes(6).toString('hex')}`;
    await ensureDatabase(server, database);
    const url = server.replace('/postgres?', `/${database}?`);
    const sorted = Object.entries<SchemaStep>(steps).sort(([a], [b]) => (a < b ? -1 : 1));
    const frozen = sorted.filter(([step]) => step <= newest);
    await migrate(url, Object.fromEntries(frozen));

    let statements: string[] = [];
    const db = new Kysely<unknown>({
      dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 1 }) }),
      log({ query }) {
        statements.push(query.sql);
      },
    });
    const found: Record<string, string[]> = {};
    for (const [step, migration] of sorted.slice(frozen.length)) {
      statements = [];
      await db.transaction().execute((trx) => migration.up(trx));
      const contractions = migration.understoodSince === undefined ? findContractions(statements) : [];
      const left = contractions.filter((contraction) => contraction !== HARMLESS[step]);
      if (left.length > 0) found[step] = left;
      expect(Object.keys(steps)).toContain(migration.understoodSince ?? step);
    }
    await db.destroy();
    expect(found).toEqual({});
  });

  it.each([
    ['alter table account drop column title', 'account: column dropped'],
    ['alter table account rename column title to post', 'account: renamed'],
    ['alter table account add column x int not null', 'account: column that must be given'],
    ['alter table account add x int not null, alter column name set not null', 'account: not null'],
    ['alter table account alter column name type varchar(10)', 'account: type changed'],
    ['alter table account add constraint few check (name <> $$a,b$$)', 'account: constraint few added'],
    ['create unique index i on account (name)', 'account: unique index'],
    ['drop table account', 'drop table account'],
    ['truncate account', 'truncate account'],
    ['delete from account', 'account: rows deleted'],
    ['drop trigger t on account', 'drop trigger t on account'],
  ])('R3: %s is found out', (statement, words) => {
    expect(findContractions([statement])).toContain(words);
  });

  it.each([
    'create table t (id int not null); alter table t add column x int not null; create unique index i on t (id)',
    "alter table account add column x text not null default 'a, b', add column y int",
    'alter table account add column x int not null generated always as (1) stored',
    'alter table account drop constraint c, add constraint c check (status in (1, 2))',
    'create index i on account (name)',
    'drop trigger t on account; create trigger t after insert on account execute function f()',
    'create function f() returns void language plpgsql as $$ begin delete from account; end $$',
    '-- drop table account\nselect 1',
  ])('R3: %s may pass', (statement) => {
    expect(findContractions([statement])).toEqual([]);
  });
});
