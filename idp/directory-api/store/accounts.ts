import { sql } from 'kysely';
import { keysetAfter, keysetOrder } from '#db/keyset.ts';
import { startsWith } from '#db/prefix.ts';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Sight } from '../policy.ts';

export interface ListedAccount {
  id: string;
  holder_name: string;
  unit: { code: string; name: string; name_en: string };
  role: string;
  duty: string;
  menu_roles: string[];
  status: string;
  suspended_because: string | null;
  status_changed_at: Date | null;
  last_used_at: Date | null;
}

/** What a list may be narrowed to; `account` and `name` are beginnings. */
export interface AccountFilter {
  unit?: string | undefined;
  status?: string | undefined;
  role?: string | undefined;
  account?: string | undefined;
  name?: string | undefined;
  county?: string | undefined;
  town?: string | undefined;
  after?: { value: string; id: string } | undefined;
}

const selected = sql<ListedAccount & { position: string }>`
  select sa.id, sa.id as position, sa.holder_name,
    jsonb_build_object('code', u.code, 'name', u.name, 'name_en', u.name_en) as unit,
    sa.role, sa.duty, sa.menu_roles, sa.status, sa.suspended_because, sa.status_changed_at,
    (select b.last_used_at from binding b where b.subsystem_account_id = sa.id) as last_used_at
  from subsystem_account sa join unit u on u.code = sa.unit_code`;

function within(subsystemCode: string, sight: Sight) {
  const units = sight.unitCodes === undefined ? sql`` : sql`and sa.unit_code = any(${sight.unitCodes})`;
  return sql`sa.subsystem_code = ${subsystemCode} ${units}`;
}

/** Accounts of the subsystem within sight, by id. */
export async function listAccounts(
  db: Db,
  subsystemCode: string,
  sight: Sight,
  filter: AccountFilter,
  limit: number,
): Promise<ListedAccount[]> {
  const page = { descending: false, ...(filter.after && { after: filter.after }) };
  const equal = Object.entries({
    'sa.unit_code': filter.unit,
    'sa.status': filter.status,
    'sa.role': filter.role,
    'u.county': filter.county,
    'u.town': filter.town,
  }).flatMap(([column, value]) => (value === undefined ? [] : [sql`and ${sql.ref(column)} = ${value}`]));
  const begins = Object.entries({ 'sa.id': filter.account, 'sa.holder_name': filter.name }).flatMap(
    ([column, text]) => (text === undefined ? [] : [sql`and ${startsWith(column, text)}`]),
  );
  const narrowed = sql.join([...equal, ...begins], sql` `);
  const { rows } = await sql<ListedAccount>`
    ${selected} where ${within(subsystemCode, sight)} ${narrowed} and ${keysetAfter('sa.id', 'sa.id', page)}
    order by ${keysetOrder('sa.id', 'sa.id', page)} limit ${limit}`.execute(db);
  return rows.map(withoutPosition);
}

/** One account of the subsystem within sight; `usable` while it is bound, and it and its person are active. */
export async function findAccount(
  db: Db,
  subsystemCode: string,
  sight: Sight,
  id: string,
): Promise<(ListedAccount & { usable: boolean }) | undefined> {
  const { rows } = await sql<ListedAccount>`
    ${selected} where ${within(subsystemCode, sight)} and sa.id = ${id}`.execute(db);
  return rows[0] && { ...withoutPosition(rows[0]), usable: await isUsable(db, id) };
}

async function isUsable(db: Db, id: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from subsystem_account sa
    join account a on a.id = sa.account_id and a.status = 'active' and (a.expires_at is null or a.expires_at > now())
    join binding b on b.subsystem_account_id = sa.id and b.account_id = a.id
    where sa.id = ${id} and sa.status = 'active'`.execute(db);
  return rows.length > 0;
}

function withoutPosition(row: ListedAccount): ListedAccount {
  const { position: _, ...account } = row as ListedAccount & { position: string };
  return account;
}

/** How many accounts there are within sight that are active or suspended, how many of them manage or are suspended. */
export async function countAccounts(
  db: Db,
  subsystemCode: string,
  sight: Sight,
  managing: string[],
): Promise<{ total: number; managers: number; suspended: number }> {
  const { rows } = await sql<{ total: number; managers: number; suspended: number }>`
    select count(*)::int as total, count(*) filter (where sa.role = any(${managing}))::int as managers,
      count(*) filter (where sa.status = 'suspended')::int as suspended
    from subsystem_account sa
    where ${within(subsystemCode, sight)} and sa.status in ('active', 'suspended')`.execute(db);
  return rows[0] ?? { total: 0, managers: 0, suspended: 0 };
}

/** Managers of the unit at the subsystem, by name. Their telephone at work, no other way to reach them. */
export async function listManagers(
  db: Db,
  subsystemCode: string,
  unitCode: string,
  managing: string[],
): Promise<{ name: string; phone: string; title: string; role: string }[]> {
  return db
    .selectFrom('subsystem_account as sa')
    .innerJoin('account as a', 'a.id', 'sa.account_id')
    .select(['a.name', 'a.phone', 'a.title', 'sa.role'])
    .where('sa.subsystem_code', '=', subsystemCode)
    .where('sa.unit_code', '=', unitCode)
    .where('sa.status', '=', 'active')
    .where('a.status', '=', 'active')
    .where('sa.role', 'in', managing.length > 0 ? managing : [''])
    .orderBy('a.name')
    .orderBy('sa.id')
    .limit(100)
    .execute();
}

/** Whose an account of this very subsystem is, while account and person are not disabled. */
export async function findHolder(
  trx: Trx,
  subsystemCode: string,
  subsystemAccountId: string,
): Promise<string | undefined> {
  const row = await trx
    .selectFrom('subsystem_account as sa')
    .innerJoin('account as a', 'a.id', 'sa.account_id')
    .select('a.id')
    .where('sa.id', '=', subsystemAccountId)
    .where('sa.subsystem_code', '=', subsystemCode)
    .where('sa.status', 'in', ['active', 'suspended'])
    .where('a.status', '=', 'active')
    .executeTakeFirst();
  return row?.id;
}
