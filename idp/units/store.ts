import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Unit, UnitManager, UnitSearch } from './types.ts';

const UNIT_COLUMNS = ['code', 'name', 'name_en as nameEn', 'kind', 'county', 'town', 'status'] as const;

/** The unit of this code; closed ones too. */
export async function findUnit(db: Db | Trx, code: string): Promise<Unit | undefined> {
  return db.selectFrom('unit').select(UNIT_COLUMNS).where('code', '=', code).executeTakeFirst();
}

/** Units in use that fit everything asked for, the exact code first, then by code; at most `limit`. */
export async function searchUnits(db: Db, search: UnitSearch): Promise<Unit[]> {
  const { text, county, town, limit } = search;
  const literal = text.replaceAll(/[\\%_]/g, '\\$&');
  let query = db.selectFrom('unit').select(UNIT_COLUMNS).where('status', '=', 'active');
  if (county !== '') query = query.where('county', '=', county);
  if (town !== '') query = query.where('town', '=', town);
  if (text !== '') {
    query = query.where((unit) =>
      unit.or([
        unit('code', 'ilike', `${literal}%`),
        unit('name', 'ilike', `%${literal}%`),
        unit('name_en', 'ilike', `%${literal}%`),
      ]),
    );
  }
  return query
    .orderBy(sql`upper(code) = upper(${text})`, 'desc')
    .orderBy('code')
    .limit(limit)
    .execute();
}

/** The unit's managers who may decide at `now`, longest in office first. */
export async function listUnitManagers(db: Db | Trx, unitCode: string, now: Date): Promise<UnitManager[]> {
  return db
    .selectFrom('account')
    .select(['id as accountId', 'name', 'phone', 'email'])
    .where('unit_code', '=', unitCode)
    .where('role', '=', 'unit_manager')
    .where('status', '=', 'active')
    .where((account) => account.or([account('expires_at', 'is', null), account('expires_at', '>', now)]))
    .orderBy('created_at')
    .execute();
}

/** Holds the unit until the transaction ends, so that the number of its managers stays what was counted. */
export async function lockUnit(trx: Trx, code: string): Promise<void> {
  await trx.selectFrom('unit').select('code').where('code', '=', code).forUpdate().execute();
}
