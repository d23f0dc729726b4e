import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';

/** People who have an application under way at both units: one of the two is decided first. */
export async function countAppliedAtBoth(db: Db | Trx, from: string, into: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from enrollment a
    join enrollment b on b.national_id_index = a.national_id_index and b.unit_code = ${into}
      and b.status in ('pending_unit_review', 'pending_paper', 'returned')
    where a.unit_code = ${from} and a.status in ('pending_unit_review', 'pending_paper', 'returned')`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
}

export interface Moved {
  accounts: number;
  subsystemAccounts: string[];
  enrollments: number;
  requests: number;
}

/** Gives everything that belongs to the one unit to the other. @returns what was moved */
export async function moveAll(trx: Trx, from: string, into: string): Promise<Moved> {
  const accounts = await trx
    .updateTable('account')
    .set({ unit_code: into })
    .where('unit_code', '=', from)
    .executeTakeFirst();
  const subsystemAccounts = await trx
    .updateTable('subsystem_account')
    .set({ unit_code: into })
    .where('unit_code', '=', from)
    .returning('id')
    .execute();
  const enrollments = await trx
    .updateTable('enrollment')
    .set({ unit_code: into })
    .where('unit_code', '=', from)
    .executeTakeFirst();
  const requests = await trx
    .updateTable('subsystem_request')
    .set({ unit_code: into })
    .where('unit_code', '=', from)
    .where('status', '=', 'submitted')
    .executeTakeFirst();
  return {
    accounts: Number(accounts.numUpdatedRows),
    subsystemAccounts: subsystemAccounts.map(({ id }) => id),
    enrollments: Number(enrollments.numUpdatedRows),
    requests: Number(requests.numUpdatedRows),
  };
}
