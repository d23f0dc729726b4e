import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import { nationalIdIndex, sealNationalId } from '#idp/accounts/index.ts';
import { createKeyring } from '#kit/keyring.ts';
import type { IdpWorld } from '../support/idp-world.ts';

export const HOSPITAL = '9876543210';
export const STATION = '2311170010';
export const keyring = createKeyring(Buffer.alloc(32, 7).toString('base64'));

export interface NewPerson {
  loginName: string;
  name?: string;
  unitCode?: string;
  role?: 'user' | 'unit_manager' | 'hpa_admin' | 'platform_ops';
  status?: 'active' | 'disabled';
  expiresAt?: Date;
  email?: string;
  nationalId?: string;
}

let serial = 500;

/** A further account, made behind the application's back. @returns its id */
export async function addPerson({ database }: IdpWorld, person: NewPerson): Promise<string> {
  serial += 1;
  const id = crypto.randomUUID();
  const nationalId = person.nationalId ?? syntheticNationalId('B', 1, serial);
  await database.db
    .insertInto('account')
    .values({
      id,
      person_no: String(serial).padStart(8, '0'),
      login_name: person.loginName,
      name: person.name ?? '測試人',
      email: person.email ?? `${person.loginName}@example.invalid`,
      unit_code: person.unitCode ?? HOSPITAL,
      role: person.role ?? 'user',
      status: person.status ?? 'active',
      expires_at: person.expiresAt ?? null,
      national_id_sealed: sealNationalId(keyring, nationalId, id),
      national_id_index: nationalIdIndex(keyring, nationalId),
      last_sign_in_at: null,
    })
    .execute();
  return id;
}

/** The id of a person of the demo world. */
export async function idOf({ database }: IdpWorld, loginName: string): Promise<string> {
  const row = await database.db
    .selectFrom('account')
    .select('id')
    .where('login_name', '=', loginName)
    .executeTakeFirstOrThrow();
  return row.id;
}
