import { sql } from 'kysely';
import { keysetAfter, keysetOrder } from '#db/keyset.ts';
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
}

const selected = sql<ListedAccount & { position: string }>`
  select sa.id, sa.id as position, sa.holder_name,
    jsonb_build_object('code', u.code, 'name', u.name, 'name_en', u.name_en) as unit,
    sa.role, sa.duty, sa.menu_roles, sa.status
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
  filter: {
    unit?: string | undefined;
    status?: string | undefined;
    after?: { value: string; id: string } | undefined;
  },
  limit: number,
): Promise<ListedAccount[]> {
  const page = { descending: false, ...(filter.after && { after: filter.after }) };
  const unit = filter.unit === undefined ? sql`` : sql`and sa.unit_code = ${filter.unit}`;
  const status = filter.status === undefined ? sql`` : sql`and sa.status = ${filter.status}`;
  const { rows } = await sql<ListedAccount>`
    ${selected} where ${within(subsystemCode, sight)} ${unit} ${status} and ${keysetAfter('sa.id', 'sa.id', page)}
    order by ${keysetOrder('sa.id', 'sa.id', page)} limit ${limit}`.execute(db);
  return rows.map(withoutPosition);
}

/** One account of the subsystem within sight. */
export async function findAccount(
  db: Db,
  subsystemCode: string,
  sight: Sight,
  id: string,
): Promise<ListedAccount | undefined> {
  const { rows } = await sql<ListedAccount>`
    ${selected} where ${within(subsystemCode, sight)} and sa.id = ${id}`.execute(db);
  return rows[0] && withoutPosition(rows[0]);
}

function withoutPosition(row: ListedAccount): ListedAccount {
  const { id, holder_name, unit, role, duty, menu_roles, status } = row;
  return { id, holder_name, unit, role, duty, menu_roles, status };
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
