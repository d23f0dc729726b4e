import { sql } from 'kysely';
import type { Trx } from '#db/idp/tables.ts';
import type { Founder, FoundingUnit } from './types.ts';

/** The kind of the unit under this code, when it is there already. */
export async function findUnitKind(trx: Trx, code: string): Promise<string | undefined> {
  const row = await trx.selectFrom('unit').select('kind').where('code', '=', code).executeTakeFirst();
  return row?.kind;
}

/** Puts the agency there if nobody had. */
export async function ensureAgency(trx: Trx, { nameEn, ...unit }: FoundingUnit): Promise<void> {
  await trx
    .insertInto('unit')
    .values({ ...unit, name_en: nameEn, kind: 'national_agency' })
    .onConflict((conflict) => conflict.column('code').doNothing())
    .execute();
}

export async function countTaken(trx: Trx, loginNames: string[]): Promise<number> {
  const row = await trx
    .selectFrom('account')
    .select((count) => count.fn.countAll<number>().as('count'))
    .where('login_name', 'in', loginNames)
    .executeTakeFirstOrThrow();
  return row.count;
}

/** Opens a founder's account under the next free person number. */
export async function insertFounder(
  trx: Trx,
  founder: Founder & {
    id: string;
    unitCode: string;
    nationalIdSealed: Buffer;
    nationalIdIndex: Buffer;
    createdAt: Date;
  },
): Promise<void> {
  await trx
    .insertInto('account')
    .values({
      id: founder.id,
      person_no: sql<string>`lpad(nextval('account_person_no')::text, 8, '0')`,
      login_name: founder.loginName,
      name: founder.name,
      title: founder.title,
      email: founder.email,
      mobile: founder.mobile,
      unit_code: founder.unitCode,
      role: founder.role,
      status: 'active',
      national_id_sealed: founder.nationalIdSealed,
      national_id_index: founder.nationalIdIndex,
      created_at: founder.createdAt,
    })
    .execute();
}
