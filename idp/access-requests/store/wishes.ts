import type { Db, Trx } from '#db/idp/tables.ts';
import type { Identity } from '../policy.ts';

/** Whoever asks, as the rules and the words going out need them. */
export interface Applicant extends Identity {
  name: string;
  loginName: string;
  email: string;
  phone: string;
  nationalIdSealed: Buffer;
  isActive: boolean;
  /** Somebody else has confirmed the ID number. */
  isProven: boolean;
}

/** The applicant; inside a transaction held from changes, so that nobody is disabled while an account opens. */
export async function findApplicant(
  db: Db | Trx,
  accountId: string,
  now: Date,
  lock = false,
): Promise<Applicant | undefined> {
  const query = db
    .selectFrom('account')
    .select(['id', 'name', 'login_name', 'email', 'phone', 'national_id_index', 'national_id_sealed'])
    .select(['status', 'expires_at', 'national_id_declared_at'])
    .where('id', '=', accountId);
  const row = await (lock ? query.forNoKeyUpdate() : query).executeTakeFirst();
  return (
    row && {
      accountId: row.id,
      name: row.name,
      loginName: row.login_name,
      email: row.email,
      phone: row.phone,
      nationalIdIndex: row.national_id_index,
      nationalIdSealed: row.national_id_sealed,
      isActive: row.status === 'active' && (row.expires_at === null || row.expires_at > now),
      isProven: row.national_id_declared_at === null,
    }
  );
}

/** Active accounts the person holds at a subsystem. */
export async function listHeld(db: Db | Trx, accountId: string, subsystemCode?: string) {
  let rows = db
    .selectFrom('subsystem_account as sa')
    .innerJoin('unit as u', 'u.code', 'sa.unit_code')
    .leftJoin('binding as b', 'b.subsystem_account_id', 'sa.id')
    .select(['sa.id', 'sa.subsystem_code as subsystemCode', 'sa.unit_code as unitCode', 'sa.role', 'sa.duty'])
    .select(['sa.menu_roles as menuRoles', 'u.name as unitName', 'u.name_en as unitNameEn'])
    .select('b.name as binding')
    .where('sa.account_id', '=', accountId)
    .where('sa.status', '=', 'active');
  if (subsystemCode !== undefined) rows = rows.where('sa.subsystem_code', '=', subsystemCode);
  return rows.orderBy('sa.id').execute();
}

export type HeldRow = Awaited<ReturnType<typeof listHeld>>[number];

/** Whether the subsystem is in use. */
export async function isSubsystemActive(db: Db | Trx, code: string): Promise<boolean> {
  const row = await db.selectFrom('subsystem').select('status').where('code', '=', code).executeTakeFirst();
  return row?.status === 'active';
}
