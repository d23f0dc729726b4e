import { sql } from 'kysely';
import type { Db, Trx } from '#db/mch/tables.ts';
import type { Birth, BirthFacts } from '../types.ts';

/** Keeps whose child it is from the first form on, a draft too. */
export async function keepMotherOf(
  trx: Trx,
  childId: string,
  mother: { name: string; sealed: Buffer },
): Promise<void> {
  const of = { mother_name: mother.name, mother_sealed: mother.sealed };
  await trx
    .insertInto('birth')
    .values({ child_id: childId, ...of })
    .onConflict((conflict) => conflict.column('child_id').doUpdateSet(of))
    .execute();
}

/** What a submitted form says of a birth; what it leaves open stays as it was. */
export async function keepBirthFacts(trx: Trx, childId: string, facts: BirthFacts, at: Date): Promise<void> {
  const { unit, residence } = facts;
  await trx
    .updateTable('birth')
    .set({
      ...(unit && { unit_code: unit.code, county: unit.county, town: unit.town }),
      ...(residence && { residence_county: residence.county, residence_town: residence.town }),
      ...(facts.gestationDays !== null && { gestation_days: facts.gestationDays }),
      ...(facts.birthWeight !== null && { birth_weight: facts.birthWeight }),
      ...(facts.guardianName !== null && { guardian_name: facts.guardianName }),
      ...(facts.guardianPhone !== null && { guardian_phone: facts.guardianPhone }),
      ...(facts.isAlive !== undefined && { is_alive: facts.isAlive }),
      registered_at: sql<Date>`coalesce(registered_at, ${at})`,
    })
    .where('child_id', '=', childId)
    .execute();
}

/** Takes a child off the register: no submitted record speaks of it any more. */
export async function unregisterBirth(trx: Trx, childId: string): Promise<void> {
  await trx.updateTable('birth').set({ registered_at: null }).where('child_id', '=', childId).execute();
}

/** Where a unit lies, as far as it is known here. */
export async function findPlace(trx: Trx, code: string): Promise<BirthFacts['unit']> {
  return trx
    .selectFrom('unit')
    .select(['code', 'county', 'town'])
    .where('code', '=', code)
    .executeTakeFirst();
}

/** What the register says of a child. */
export async function findBirth(
  db: Db | Trx,
  childId: string,
): Promise<(Birth & { motherSealed: Buffer }) | undefined> {
  return db
    .selectFrom('birth')
    .select([
      'mother_name as motherName',
      'mother_sealed as motherSealed',
      'unit_code as unitCode',
      'gestation_days as gestationDays',
      'birth_weight as birthWeight',
      'guardian_name as guardianName',
      'guardian_phone as guardianPhone',
      'residence_town as residenceTown',
    ])
    .where('child_id', '=', childId)
    .executeTakeFirst();
}
