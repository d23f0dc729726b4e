import type { Db, Trx } from '../tables.ts';
import { people, units } from './world.ts';

/** What of a subsystem's manifest matters to the accounts made for trying it. */
export interface TriedSubsystem {
  code: string;
  suffix: string;
  roles: { code: string; manages: boolean; acr?: string | undefined }[];
  duties: { code: string; label: { 'zh-TW': string }; unitKinds: string[]; menuRoles: string[] }[];
}

export interface TrialAccount {
  loginName: string;
  id: string;
  unitCode: string;
  role: string;
  duty: string;
  menuRoles: string[];
  binding: string;
}

type Unit = (typeof units)[number];

const MOST_ACCOUNTS = 99;
const LONGEST_BINDING = 10;

/**
 * One bound account for each role at each duty: what needs no more than a password and manages nothing is
 * `demo.nurse`'s, so that switching can be tried without a second factor, the rest `demo.manager`'s. Where no
 * demo unit is of a duty's kind, one is invented.
 */
export function planTrialAccounts({ suffix, roles, duties }: TriedSubsystem): {
  units: Unit[];
  accounts: TrialAccount[];
} {
  const invented: Unit[] = [];
  const unitFor = (kind: string | undefined): string => {
    const known = [...units, ...invented].find((unit) => kind === undefined || unit.kind === kind);
    if (known || kind === undefined) return (known as Unit).code;
    const code = `99000000${String(invented.length + 1).padStart(2, '0')}`;
    const place = { county: '10017', town: '10017070' };
    invented.push({ code, name: `示範單位 ${kind}`, nameEn: `Demonstration ${kind}`, kind, ...place });
    return code;
  };
  const taken = new Map<string, number>();
  const accounts = roles.flatMap((role) =>
    duties.map((duty): TrialAccount => {
      const loginName = role.manages || role.acr !== undefined ? 'demo.manager' : 'demo.nurse';
      const number = (taken.get(loginName) ?? 0) + 1;
      taken.set(loginName, number);
      const personNo = people.find((person) => person.loginName === loginName)?.personNo ?? '';
      return {
        loginName,
        id: `P@${personNo}P@${suffix}_${String(number).padStart(2, '0')}`,
        unitCode: unitFor(duty.unitKinds[0]),
        role: role.code,
        duty: duty.code,
        menuRoles: duty.menuRoles,
        binding: `${suffix} ${number} ${duty.label['zh-TW']}`.slice(0, LONGEST_BINDING),
      };
    }),
  );
  return { units: invented, accounts: accounts.slice(0, MOST_ACCOUNTS) };
}

/**
 * Writes them beside the demo world; those there already are left alone.
 * @returns all of them
 */
export function seedTrialAccounts(db: Db, subsystem: TriedSubsystem): Promise<TrialAccount[]> {
  const plan = planTrialAccounts(subsystem);
  return db.transaction().execute(async (trx) => {
    for (const { nameEn, ...unit } of plan.units) {
      await trx
        .insertInto('unit')
        .values({ ...unit, name_en: nameEn })
        .onConflict((conflict) => conflict.column('code').doNothing())
        .execute();
    }
    for (const account of plan.accounts) await addAccount(trx, subsystem.code, account);
    return plan.accounts;
  });
}

async function addAccount(trx: Trx, subsystemCode: string, account: TrialAccount): Promise<void> {
  const holder = await trx
    .selectFrom('account')
    .select(['id', 'name', 'national_id_index'])
    .where('login_name', '=', account.loginName)
    .executeTakeFirstOrThrow();
  const added = await trx
    .insertInto('subsystem_account')
    .values({
      id: account.id,
      subsystem_code: subsystemCode,
      account_id: holder.id,
      national_id_index: holder.national_id_index,
      holder_name: holder.name,
      unit_code: account.unitCode,
      role: account.role,
      duty: account.duty,
      menu_roles: account.menuRoles,
      status: 'active',
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!added) return;
  await trx
    .insertInto('binding')
    .values({ subsystem_account_id: account.id, account_id: holder.id, name: account.binding })
    .execute();
}
