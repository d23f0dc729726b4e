import { sql } from 'kysely';
import type { Trx } from '#db/idp/tables.ts';

export interface TechnicalAccount {
  accountId: string;
  subsystemAccountId: string;
}

export interface ActingAs {
  unit: string;
  role: string;
  duty: string;
  menuRoles: string[];
}

export async function findTechnicalAccount(trx: Trx, code: string): Promise<TechnicalAccount | undefined> {
  return trx
    .selectFrom('readiness_account')
    .select(['account_id as accountId', 'subsystem_account_id as subsystemAccountId'])
    .where('subsystem_code', '=', code)
    .forUpdate()
    .executeTakeFirst();
}

export async function isOpenUnit(trx: Trx, unitCode: string): Promise<boolean> {
  const row = await trx
    .selectFrom('unit')
    .select('code')
    .where('code', '=', unitCode)
    .where('status', '=', 'active')
    .executeTakeFirst();
  return row !== undefined;
}

/** A person nobody is: no password, no authenticator, an address no mail reaches. Disabled until a run begins. */
export async function insertTechnicalAccount(
  trx: Trx,
  person: {
    accountId: string;
    code: string;
    suffix: string;
    unit: string;
    nationalIdSealed: Buffer;
    nationalIdIndex: Buffer;
    name: string;
    acting: ActingAs;
  },
): Promise<TechnicalAccount> {
  const { accountId, code, acting } = person;
  const { person_no: personNo } = await trx
    .insertInto('account')
    .values({
      id: accountId,
      person_no: sql<string>`lpad(nextval('account_person_no')::text, 8, '0')`,
      login_name: `readiness.${code}`,
      name: person.name,
      email: `readiness.${code}@nobody.invalid`,
      unit_code: person.unit,
      role: 'user',
      status: 'disabled',
      national_id_sealed: person.nationalIdSealed,
      national_id_index: person.nationalIdIndex,
    })
    .returning('person_no')
    .executeTakeFirstOrThrow();
  const subsystemAccountId = `P@${personNo}P@${person.suffix}_01`;
  await trx
    .insertInto('subsystem_account')
    .values({
      id: subsystemAccountId,
      subsystem_code: code,
      account_id: accountId,
      national_id_index: person.nationalIdIndex,
      holder_name: person.name,
      unit_code: acting.unit,
      role: acting.role,
      duty: acting.duty,
      status: 'disabled',
    })
    .execute();
  const binding = { subsystem_account_id: subsystemAccountId, account_id: accountId, name: 'readiness' };
  await trx.insertInto('binding').values(binding).execute();
  const row = { subsystem_code: code, account_id: accountId, subsystem_account_id: subsystemAccountId };
  await trx.insertInto('readiness_account').values(row).execute();
  return { accountId, subsystemAccountId };
}

/** For one run, and not a moment past `until` should the run never end. */
export async function openTechnicalAccount(
  trx: Trx,
  account: TechnicalAccount,
  acting: ActingAs,
  until: Date,
): Promise<void> {
  await trx
    .updateTable('account')
    .set({ status: 'active', expires_at: until, unit_code: acting.unit })
    .where('id', '=', account.accountId)
    .execute();
  await trx
    .updateTable('subsystem_account')
    .set({
      status: 'active',
      unit_code: acting.unit,
      role: acting.role,
      duty: acting.duty,
      menu_roles: acting.menuRoles,
    })
    .where('id', '=', account.subsystemAccountId)
    .execute();
}

/** Everything the run held ends; no client is told, since none of them is anybody's. */
export async function closeTechnicalAccount(trx: Trx, code: string): Promise<void> {
  const account = await findTechnicalAccount(trx, code);
  if (!account) return;
  const { accountId, subsystemAccountId } = account;
  await trx.updateTable('account').set({ status: 'disabled' }).where('id', '=', accountId).execute();
  await trx
    .updateTable('subsystem_account')
    .set({ status: 'disabled' })
    .where('id', '=', subsystemAccountId)
    .execute();
  await trx.deleteFrom('oidc_session').where('account_id', '=', accountId).execute();
  await trx.deleteFrom('oidc_grant').where('account_id', '=', accountId).execute();
}
