import { sql } from 'kysely';
import type { Trx } from '#db/idp/tables.ts';

export interface Reminded {
  accountId: string;
  email: string;
  name: string;
  unitName: string;
  unitNameEn: string;
}

/** Who is to be reminded: while account, person and binding live, and the account is still what was counted. */
export async function findReminded(
  trx: Trx,
  subsystemCode: string,
  { id, unitCode, menuRoles }: { id: string; unitCode: string; menuRoles: string[] },
): Promise<Reminded | undefined> {
  return trx
    .selectFrom('subsystem_account as sa')
    .innerJoin('account as a', 'a.id', 'sa.account_id')
    .innerJoin('binding as b', (join) =>
      join.onRef('b.subsystem_account_id', '=', 'sa.id').onRef('b.account_id', '=', 'a.id'),
    )
    .innerJoin('unit as u', 'u.code', 'sa.unit_code')
    .select(['a.id as accountId', 'a.email', 'a.name', 'u.name as unitName', 'u.name_en as unitNameEn'])
    .where('sa.id', '=', id)
    .where('sa.subsystem_code', '=', subsystemCode)
    .where('sa.unit_code', '=', unitCode)
    .where(sql<boolean>`sa.menu_roles @> ${menuRoles}`)
    .where('sa.status', '=', 'active')
    .where('a.status', '=', 'active')
    .where(sql<boolean>`(a.expires_at is null or a.expires_at > now())`)
    .executeTakeFirst();
}
