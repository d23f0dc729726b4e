import type { Db, Trx } from '../tables.ts';
import { type DemoPerson, type DemoSubsystemAccount, DEMO_PASSWORD, people, units } from './world.ts';

/** What the features know and the seed needs; the command that seeds hands it in. */
export interface SeedServices {
  setPassword(trx: Trx, accountId: string, password: string): Promise<void>;
  enrolTotp(trx: Trx, accountId: string, base32: string): Promise<unknown>;
  hashPassword(password: string): Promise<string>;
  nationalIdIndex(nationalId: string): Buffer;
  sealNationalId(nationalId: string, accountId: string): Buffer;
}

/**
 * Writes the demo world beside what is there already. A person who exists is left alone, with all that was
 * changed since, so a second start changes nothing. Accounts at subsystems that are not declared are left out.
 * @returns how many people were added
 */
export async function seedDemoWorld(db: Db, services: SeedServices): Promise<number> {
  return db.transaction().execute(async (trx) => {
    for (const { nameEn, ...unit } of units) {
      await trx
        .insertInto('unit')
        .values({ ...unit, name_en: nameEn })
        .onConflict((conflict) => conflict.column('code').doNothing())
        .execute();
    }
    const declared = await trx.selectFrom('subsystem').select('code').execute();
    const codes = new Set(declared.map(({ code }) => code));
    let added = 0;
    for (const person of people) {
      const subsystemAccounts = person.subsystemAccounts.filter((given) => codes.has(given.subsystemCode));
      if (await addPerson(trx, { ...person, subsystemAccounts }, services)) added += 1;
    }
    return added;
  });
}

async function addPerson(trx: Trx, person: DemoPerson, services: SeedServices): Promise<boolean> {
  const id = crypto.randomUUID();
  const account = await trx
    .insertInto('account')
    .values({
      id,
      person_no: person.personNo,
      login_name: person.loginName,
      name: person.name,
      title: person.title,
      email: `${person.loginName}@example.test`,
      phone: `02-5550${person.personNo.slice(-4)}`,
      mobile: `0900-${person.personNo.slice(-6)}`,
      unit_code: person.unitCode,
      role: person.role,
      status: 'active',
      national_id_sealed: services.sealNationalId(person.nationalId, id),
      national_id_index: services.nationalIdIndex(person.nationalId),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!account) return false;

  await services.setPassword(trx, id, DEMO_PASSWORD);
  if (person.totpSecret !== undefined) await services.enrolTotp(trx, id, person.totpSecret);
  for (const subsystemAccount of person.subsystemAccounts) {
    await addSubsystemAccount(trx, person, id, subsystemAccount, services);
  }
  return true;
}

async function addSubsystemAccount(
  trx: Trx,
  person: DemoPerson,
  accountId: string,
  given: DemoSubsystemAccount,
  services: SeedServices,
): Promise<void> {
  const isBound = given.binding !== undefined;
  await trx
    .insertInto('subsystem_account')
    .values({
      id: given.id,
      subsystem_code: given.subsystemCode,
      account_id: isBound ? accountId : null,
      national_id_index: services.nationalIdIndex(person.nationalId),
      holder_name: person.name,
      unit_code: given.unitCode,
      role: given.role,
      duty: given.duty,
      menu_roles: given.menuRoles,
      fields: JSON.stringify(given.fields ?? {}),
      status: 'active',
      local_password_hash:
        given.localPassword === undefined ? null : await services.hashPassword(given.localPassword),
    })
    .execute();
  if (given.binding === undefined) return;
  await trx
    .insertInto('binding')
    .values({ subsystem_account_id: given.id, account_id: accountId, name: given.binding })
    .execute();
}
