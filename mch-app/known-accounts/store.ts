import { type Selectable, sql } from 'kysely';
import type { KnownAccountTable } from '#db/mch/desk-tables.ts';
import type { Db, Trx } from '#db/mch/tables.ts';
import type { KnownHolder } from './types.ts';

type Row = Selectable<KnownAccountTable>;

/** Takes over what a sign-in says of an account; what waits for it is counted anew. */
export async function keepAccount(
  trx: Trx,
  sub: string,
  { id, unit, role, duty, menuRoles }: KnownHolder['account'],
  at: Date,
): Promise<void> {
  const facts = {
    sub,
    unit_code: unit.code,
    unit_name: unit.name,
    unit_kind: unit.kind,
    unit_county: unit.county,
    unit_town: unit.town,
    role,
    duty,
    menu_roles: menuRoles,
    seen_at: at,
    count_due_at: at,
  };
  await trx
    .insertInto('known_account')
    .values({ account_id: id, ...facts })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet(facts))
    .execute();
}

const holderOf = (row: Row): KnownHolder => ({
  sub: row.sub,
  account: {
    id: row.account_id,
    unit: {
      code: row.unit_code,
      name: row.unit_name,
      kind: row.unit_kind,
      county: row.unit_county,
      town: row.unit_town,
    },
    role: row.role,
    duty: row.duty,
    menuRoles: row.menu_roles,
  },
  seenAt: row.seen_at,
  told: row.told,
  toldAt: row.told_at,
});

/**
 * Takes one account that wants mail about menu roles it has and was not looked at on `day`: another replica takes
 * another. @returns it with the menu roles to be told of
 */
export async function takeForDigest(trx: Trx, day: string): Promise<KnownHolder | undefined> {
  const { rows } = await sql<Row & { wanted: string[] }>`
    update known_account k set digested_on = ${day}
    from (
      select a.account_id, array(
        select m.menu_role from mail_opt_in m
        where m.account_id = a.account_id and m.menu_role = any(a.menu_roles) order by 1
      ) as wanted
      from known_account a
      where a.digested_on is distinct from ${day}
        and exists (select 1 from mail_opt_in m where m.account_id = a.account_id and m.menu_role = any(a.menu_roles))
      limit 1 for update of a skip locked
    ) due
    where k.account_id = due.account_id returning k.*, due.wanted`.execute(trx);
  const row = rows[0];
  return row && holderOf({ ...row, menu_roles: row.wanted });
}

/** Takes accounts whose work is due to be counted, until `until`: another replica takes others. */
export async function takeForCounting(db: Db, now: Date, until: Date, limit: number): Promise<KnownHolder[]> {
  const rows = await db
    .updateTable('known_account')
    .set({ count_due_at: until })
    .where('account_id', 'in', (query) =>
      query
        .selectFrom('known_account')
        .select('account_id')
        .where('count_due_at', '<=', now)
        .orderBy('count_due_at')
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .execute();
  return rows.map(holderOf);
}

/** When the account is counted again; null: not before somebody signs in with it. */
export async function countAgainAt(db: Db, accountId: string, at: Date | null): Promise<void> {
  await db
    .updateTable('known_account')
    .set({ count_due_at: at })
    .where('account_id', '=', accountId)
    .execute();
}

export async function keepTold(db: Db, accountId: string, told: string, at: Date): Promise<void> {
  await db
    .updateTable('known_account')
    .set({ told, told_at: at })
    .where('account_id', '=', accountId)
    .execute();
}
