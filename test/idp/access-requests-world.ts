import { readFileSync } from 'node:fs';
import { people, units } from '#db/idp/seed/world.ts';
import {
  type AccessRequestDeps,
  type Decision,
  type Submitted,
  decideRequest,
  submitRequest,
} from '#idp/access-requests/index.ts';
import { nationalIdIndex, sealNationalId } from '#idp/accounts/index.ts';
import { applyManifest, createClientRegistry, readManifest } from '#idp/subsystems/index.ts';
import { type TestDatabase, keyring, openTestDatabase } from './sign-in-people.ts';

export const HOSPITAL = '9876543210';
export const STATION = '2311170010';
export const CALLER = { ip: '192.0.2.1', userAgent: 'test', requestId: 'test' };
const MANIFESTS = ['mch-app/manifest.json', 'examples/subsystem/manifests/cancer.json'];
const ORIGINS = { MCH_ORIGIN: 'http://localhost:4000', CANCER_ORIGIN: 'http://localhost:4100' };

export interface World {
  database: TestDatabase;
  deps: AccessRequestDeps;
  now: { at: Date };
  idOf(loginName: string): string;
  /** Another account at the single entry, of the ID number given or of its own. */
  addPerson(person: NewPerson): Promise<string>;
  /** A subsystem account that its person has bound. */
  addAccount(loginName: string, account: NewAccount): Promise<string>;
  /** Asks for an MCH account at the hospital unless told otherwise. @returns the request's id */
  ask(loginName: string, over?: Partial<Submitted>): Promise<string>;
  decide(
    id: string,
    loginName: string,
    decision?: Decision,
    over?: { comment?: string; version?: number; onBehalfOf?: string },
  ): ReturnType<typeof decideRequest>;
  versionOf(id: string): Promise<number>;
  close(): Promise<void>;
}

interface NewPerson {
  loginName: string;
  role?: 'user' | 'unit_manager' | 'hpa_admin';
  unitCode?: string;
  nationalId?: string;
}

interface NewAccount {
  role: string;
  unitCode?: string;
  duty?: string;
  menuRoles?: string[];
  subsystemCode?: string;
}

let number = 70_000_000;

/** The demo's people and units on a real database, MCH managers bound, and the services that decide. */
export async function openWorld(): Promise<World> {
  const database = await openTestDatabase();
  const { db } = database;
  const now = { at: new Date('2026-11-22T04:00:00Z') };
  const clock = (): Date => now.at;
  for (const file of MANIFESTS) {
    const reading = readManifest(readFileSync(file, 'utf8'), ORIGINS);
    if (!reading.ok) throw new Error(JSON.stringify(reading.faults));
    await applyManifest({ db, clock, keyring }, reading.manifest, 'a-synthetic-secret-for-tests');
  }
  for (const { nameEn, ...unit } of units) {
    await db
      .insertInto('unit')
      .values({ ...unit, name_en: nameEn })
      .execute();
  }
  const ids = new Map<string, string>();
  const idOf = (loginName: string): string => ids.get(loginName) ?? '';
  const addPerson: World['addPerson'] = async ({
    loginName,
    role = 'user',
    unitCode = HOSPITAL,
    nationalId,
  }) => {
    number += 1;
    const id = crypto.randomUUID();
    const idNumber = nationalId ?? `T${number}`;
    await db
      .insertInto('account')
      .values({
        id,
        person_no: String(number),
        login_name: loginName,
        name: loginName,
        email: `${loginName}@example.test`,
        phone: '02-12345678',
        unit_code: unitCode,
        role,
        status: 'active',
        national_id_sealed: sealNationalId(keyring, idNumber, id),
        national_id_index: nationalIdIndex(keyring, idNumber),
      })
      .execute();
    ids.set(loginName, id);
    return id;
  };
  const addAccount: World['addAccount'] = async (loginName, account) => {
    const accountId = idOf(loginName);
    const owner = await db
      .selectFrom('account')
      .select(['person_no', 'national_id_index'])
      .where('id', '=', accountId)
      .executeTakeFirstOrThrow();
    const { count } = await db
      .selectFrom('subsystem_account')
      .select((row) => row.fn.countAll<number>().as('count'))
      .where('account_id', '=', accountId)
      .executeTakeFirstOrThrow();
    const id = `P@${owner.person_no}P@mbh_${String(count + 1).padStart(2, '0')}`;
    await db
      .insertInto('subsystem_account')
      .values({
        id,
        subsystem_code: account.subsystemCode ?? 'mch',
        account_id: accountId,
        national_id_index: owner.national_id_index,
        holder_name: loginName,
        unit_code: account.unitCode ?? HOSPITAL,
        role: account.role,
        duty: account.duty ?? 'medical',
        menu_roles: account.menuRoles ?? ['mi_antenatal'],
        status: 'active',
      })
      .execute();
    await db
      .insertInto('binding')
      .values({ subsystem_account_id: id, account_id: accountId, name: `n${count}` })
      .execute();
    return id;
  };
  for (const { loginName, role, unitCode, nationalId } of people) {
    await addPerson({ loginName, role: role as 'user', unitCode, nationalId });
  }
  await addAccount('demo.manager', { role: 'mch_manager' });
  await addAccount('demo.bureau', { role: 'mch_manager', unitCode: '376570300I', duty: 'health_bureau' });
  const deps: AccessRequestDeps = {
    ...{ db, clock, keyring, registry: await createClientRegistry(db) },
    config: { issuer: 'http://localhost:3000' },
  };
  const versionOf = async (id: string): Promise<number> =>
    (await db.selectFrom('subsystem_request').select('version').where('id', '=', id).executeTakeFirst())
      ?.version ?? 0;
  return {
    ...{ database, deps, now, idOf, addPerson, addAccount, versionOf },
    async ask(loginName, over = {}) {
      const id = crypto.randomUUID();
      const wish: Submitted = {
        ...{ id, kind: 'account', accountId: idOf(loginName), subsystemCode: 'mch', unitCode: HOSPITAL },
        ...{ role: 'mch_user', duty: 'medical', menuRoles: ['mi_antenatal'], fields: {} },
        ...{ subsystemAccountId: null, before: null, reason: '' },
        ...over,
      };
      const outcome = await submitRequest(deps, wish, CALLER);
      if (!outcome.sent) throw new Error(outcome.reason);
      return wish.id;
    },
    async decide(id, loginName, decision = 'approve', over = {}) {
      const { onBehalfOf, comment = '資料相符', version = await versionOf(id) } = over;
      const reviewer = { accountId: idOf(loginName), ...(onBehalfOf && { onBehalfOf: idOf(onBehalfOf) }) };
      return decideRequest(deps, reviewer, { requestId: id, decision, comment, version }, CALLER);
    },
    close: () => database.close(),
  };
}
