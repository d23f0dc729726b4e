import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'kysely';
import { type Database, openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { type AgeRule, type Keeping, deletion } from '#db/retention.ts';
import { TABLES as IDP, forgetOld } from '#idp/retention/index.ts';
import { type RetentionDays, retention } from '#idp/retention/settings.ts';
import { DAY } from '#kit/clock.ts';
import { TABLES as MCH, forgetOld as forgetOldAudit } from '#mch/retention/index.ts';
import type { Db as MchDb } from '#db/mch/tables.ts';
import { cloneDatabase } from './support/databases.ts';

const DOCUMENT = path.resolve(import.meta.dirname, '../docs/retention.md');
const NOW = new Date('2030-01-15T04:00:00Z');
const days = Object.fromEntries(
  Object.keys(retention.settings).map((name) => [name, 100]),
) as unknown as RetentionDays;

/** What a row needs beyond a value of the right type in each column. */
const NEEDS: Record<string, Record<string, string>> = {
  account_review: { period: "2 || lpad(floor(random() * 999)::text, 3, '0') || 'H1'" },
  account_review_item: { state: "'open'" },
  alert: { state: "'explained'" },
  data_request: { kind: "'access'", status: "'granted'" },
  enrollment: { status: "'expired'", submitted_at: 'now()', role: "'user'" },
  impersonation: { status: "'refused'" },
  logout_delivery: { delivered_at: 'now()' },
  mail_message: { sent_at: 'now()', locale: "'en'" },
  permission_request: { status: "'refused'", kind: "'menu_role'", menu_role: "'r'" },
  readiness_run: { outcome: "'passed'" },
  service_day: { component: "'mail'", day: 'at::date' },
  service_minute: { component: "'mail'" },
  subsystem_request: { status: "'withdrawn'", kind: "'account'", level: "'own'" },
  subsystem_sign_in: { type: "'signed_in'" },
  unit_import: { status: "'applied'", ended_at: 'now()' },
};

describe('what becomes of every row', () => {
  let idp: Database<IdpTables>;
  let mch: Database<never>;
  let drops: (() => Promise<void>)[];

  beforeAll(async () => {
    const clones = await Promise.all([cloneDatabase('idp'), cloneDatabase('mch')]);
    const [one, other] = clones.map(({ url }) =>
      openDatabase<never>({ url, connections: 2, applicationName: 'test', onConnectionLost: () => {} }),
    ) as [Database<never>, Database<never>];
    idp = one as unknown as Database<IdpTables>;
    mch = other;
    drops = clones.map(({ drop }) => drop);
  });
  afterAll(async () => {
    await Promise.all([idp.close(), mch.close()]);
    await Promise.all(drops.map((drop) => drop()));
  });

  it.each(['idp', 'mch'] as const)('J7: is told for each table of %s', async (name) => {
    const [database, tables] = name === 'idp' ? [idp, IDP] : [mch, MCH];
    const rows = await database.query<{ table: string }>(
      `select relname as table from pg_class
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and $1`,
      [true],
    );
    expect(Object.keys(tables).toSorted()).toEqual(rows.map(({ table }) => table).toSorted());
  });

  const agedRules = (tables: Record<string, Keeping>): [string, AgeRule][] =>
    Object.entries(tables).flatMap(([table, kept]) =>
      kept.kind === 'aged' ? kept.rules.map((rule): [string, AgeRule] => [table, rule]) : [],
    );

  it.each([...agedRules(IDP), ...agedRules(MCH)])(
    'J7: old rows of %s are found by an index',
    async (table, rule) => {
      const { db } = table in IDP && table !== 'audit_event' ? (idp as unknown as typeof mch) : mch;
      const { sql: text, parameters } = deletion(table, rule, NOW).compile(db);
      const plan = await db.transaction().execute(async (trx) => {
        for (const way of ['seqscan', 'bitmapscan', 'sort', 'hashjoin', 'mergejoin']) {
          await sql`set local ${sql.ref(`enable_${way}`)} = off`.execute(trx);
        }
        const parts = text.split(/\$\d/);
        const statement = parts.flatMap((part, at) =>
          at < parameters.length ? [sql.raw(part), sql`${parameters[at]}`] : [sql.raw(part)],
        );
        const { rows } = await sql<Record<string, string>>`explain ${sql.join(statement, sql``)}`.execute(
          trx,
        );
        return rows.map((row) => Object.values(row)[0]).join('\n');
      });
      expect(plan).not.toMatch(new RegExp(`Seq Scan on ${table}\\b`));
      if (!rule.through) expect(plan).not.toContain('Sort');
    },
  );

  it('J7: old records go on schedule, younger ones stay', async () => {
    const rules = agedRules(IDP);
    const tables = [...new Set(rules.map(([table]) => table))];
    const ages = { old: new Date(NOW.getTime() - 500 * DAY), young: new Date(NOW.getTime() - DAY) };
    for (const at of Object.values(ages)) for (const table of tables) await insertRow(table, at);
    const gone = await forgetOld({ db: idp.db, clock: () => NOW, retention: days });
    expect(Object.keys(gone).toSorted()).toEqual(tables.toSorted());
    expect(new Set(Object.values(gone))).toEqual(new Set([1]));
    expect(await forgetOld({ db: idp.db, clock: () => NOW, retention: days })).toEqual({});
  });

  it('J7: a backlog goes in batches; what somebody holds is left for later', async () => {
    const old = new Date(NOW.getTime() - 101 * DAY);
    await sql`insert into mail_message (kind, dedupe_key, recipient_digest, locale, created_at, sent_at)
      select 'k', n::text, '', 'en', ${old}, ${old} from generate_series(1, 2500) n`.execute(idp.db);
    await idp.db.transaction().execute(async (trx) => {
      await sql`select 1 from mail_message where dedupe_key = '77' for update`.execute(trx);
      expect(await forgetOld({ db: idp.db, clock: () => NOW, retention: days })).toEqual({
        mail_message: 2499,
      });
    });
    expect(await forgetOld({ db: idp.db, clock: () => NOW, retention: days })).toEqual({ mail_message: 1 });
  });

  it('J7: MCH forgets audit records after their months, and its database none younger than six', async () => {
    const db = mch.db as unknown as MchDb;
    const now = new Date();
    for (const months of [13, 2]) {
      await sql`insert into audit_event (at, type, outcome) values (now() - make_interval(months => ${months}::int), 'x', 'success')`.execute(
        db,
      );
    }
    expect(await forgetOldAudit(db, () => new Date(now), 12)).toBe(1);
    await expect(db.deleteFrom('audit_event').execute()).rejects.toMatchObject({ code: '42501' });
    await expect(db.updateTable('audit_event').set({ type: 'y' }).execute()).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('J7: docs/retention.md tells it as it is', () => {
    if (process.env['WRITE_DOCS']) writeFileSync(DOCUMENT, document());
    expect(readFileSync(DOCUMENT, 'utf8')).toBe(document());
  });

  /** A row of this age with a plausible value in every column that must have one; references are not looked at. */
  async function insertRow(table: string, at: Date): Promise<void> {
    const columns = await idp.query<{ name: string; type: string; given: boolean }>(
      `select column_name as name, udt_name as type,
         is_nullable = 'NO' and column_default is null and is_identity = 'NO' and is_generated = 'NEVER' as given
       from information_schema.columns where table_name = $1`,
      [table],
    );
    const aged = agedRules(IDP).find(([name]) => name === table)?.[1];
    const needs = NEEDS[table] ?? {};
    const parent = aged?.through !== undefined;
    const chosen = columns.filter(
      ({ name, given }) => given || name in needs || (!parent && name === aged?.column),
    );
    const moment = `'${at.toISOString()}'::timestamptz`;
    const values: Record<string, string> = {
      uuid: 'gen_random_uuid()',
      text: 'md5(random()::text)',
      bpchar: "'1'",
      timestamptz: moment,
      date: "'2020-01-01'",
      bytea: 'sha256(random()::text::bytea)',
      jsonb: "'{}'",
      _text: "'{}'",
      bool: 'false',
    };
    const cells = chosen.map(({ name, type }) => {
      if (aged?.through?.own === name) {
        return `(select ${aged.through.key} from ${aged.through.table} where ${aged.column} = ${moment})`;
      }
      return needs[name]?.replace(/^at\b/, moment) ?? values[type] ?? '1';
    });
    const names = chosen.map(({ name }) => `"${name}"`).join(', ');
    await idp.db.transaction().execute(async (trx) => {
      await sql`set local session_replication_role = replica`.execute(trx);
      await sql.raw(`insert into ${table} (${names}) values (${cells.join(', ')})`).execute(trx);
    });
  }
});

function document(): string {
  const line = ([table, kept]: [string, Keeping]): string => `| \`${table}\` | ${describeKeeping(kept)} |`;
  const part = (title: string, tables: Record<string, Keeping>): string[] => [
    `## ${title}`,
    '',
    '| table | how long its rows stay, and how they go |',
    '| --- | --- |',
    ...Object.entries(tables)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(line),
    '',
  ];
  return [
    '# Retention',
    '',
    'Generated from what the programs do: `WRITE_DOCS=1 npm test -- test/retention.test.ts` writes it anew.',
    'Settings stand in [settings.md](settings.md).',
    '',
    ...part('Identity provider', IDP),
    ...part('MCH system', MCH),
  ].join('\n');
}

function describeKeeping(kept: Keeping): string {
  switch (kept.kind) {
    case 'partitions':
      return `${kept.life}; a partition is dropped whole`;
    case 'expires':
      return `expires: ${kept.life}`;
    case 'part':
      return `goes with its \`${kept.of}\``;
    case 'holds':
      return `kept: ${kept.why}`;
    case 'aged':
      return kept.rules
        .map(({ what, age, times }) => {
          const span = 'days' in age ? `${age.days} days` : `\`${age.setting}\``;
          return `${what}: ${times === undefined ? '' : `${times} × `}${span}, then deleted in batches`;
        })
        .join('; ');
  }
}
