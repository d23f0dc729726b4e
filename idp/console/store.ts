import type { AccountRole, Db } from '#db/idp/tables.ts';

export interface Standing {
  role: AccountRole;
  unitCode: string;
  unitName: string;
  unitNameEn: string;
  /** Active, bound accounts at active subsystems; whether their role manages is in the manifest. */
  accounts: { id: string; subsystemCode: string; unitCode: string; role: string }[];
}

/** What the person is at this moment; asked anew at each request, so that a lost right is lost at once. */
export async function findStanding(db: Db, accountId: string): Promise<Standing | undefined> {
  const rows = await db
    .selectFrom('account as a')
    .innerJoin('unit as u', 'u.code', 'a.unit_code')
    .leftJoin('binding as b', 'b.account_id', 'a.id')
    .leftJoin('subsystem_account as sa', (on) =>
      on
        .onRef('sa.id', '=', 'b.subsystem_account_id')
        .onRef('sa.account_id', '=', 'a.id')
        .on('sa.status', '=', 'active'),
    )
    .leftJoin('subsystem as s', (on) =>
      on.onRef('s.code', '=', 'sa.subsystem_code').on('s.status', '=', 'active'),
    )
    .select(['a.role', 'u.code as unit_code', 'u.name as unit_name', 'u.name_en as unit_name_en'])
    .select(['sa.id', 's.code as subsystem_code', 'sa.unit_code as account_unit', 'sa.role as account_role'])
    .where('a.id', '=', accountId)
    .where('a.status', '=', 'active')
    .execute();
  const [first] = rows;
  if (!first) return undefined;
  return {
    role: first.role,
    unitCode: first.unit_code,
    unitName: first.unit_name,
    unitNameEn: first.unit_name_en,
    accounts: rows.flatMap(({ id, subsystem_code, account_unit, account_role }) =>
      id && subsystem_code && account_unit && account_role
        ? [{ id, subsystemCode: subsystem_code, unitCode: account_unit, role: account_role }]
        : [],
    ),
  };
}
