import { type Expression, type SqlBool, sql } from 'kysely';
import { startsWith } from '#db/prefix.ts';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Unit, UnitManager, UnitSearch } from './types.ts';

const UNIT_COLUMNS = ['code', 'name', 'name_en as nameEn', 'kind', 'county', 'town', 'status'] as const;

/** The unit of this code; closed ones too. */
export async function findUnit(db: Db | Trx, code: string): Promise<Unit | undefined> {
  return db.selectFrom('unit').select(UNIT_COLUMNS).where('code', '=', code).executeTakeFirst();
}

/**
 * Units with `part` somewhere in their name in either language: by its pairs of characters through the index, then
 * exactly. `unit` is the table's name in the query.
 */
export function whereUnitNamed(part: string, unit = 'unit'): Expression<SqlBool> {
  const text = part.normalize('NFKC').toLowerCase();
  const both = sql`${sql.ref(`${unit}.name`)} || chr(10) || ${sql.ref(`${unit}.name_en`)}`;
  const exactly = sql<SqlBool>`strpos(lower(normalize(${both}, NFKC)), ${text}) > 0`;
  if (/^.?$/u.test(text)) return exactly; // a single character has no neighbour
  return sql<SqlBool>`(${sql.ref(`${unit}.search_pairs`)} @> character_pairs(${text}) and ${exactly})`;
}

/** Units in use that fit everything asked for, the exact code first, then by code; at most `limit`. */
export async function searchUnits(db: Db, search: UnitSearch): Promise<Unit[]> {
  const { text, county, town, limit } = search;
  let query = db.selectFrom('unit').select(UNIT_COLUMNS).where('status', '=', 'active');
  if (county !== '') query = query.where('county', '=', county);
  if (town !== '') query = query.where('town', '=', town);
  if (text !== '') {
    query = query.where((unit) => unit.or([startsWith('code', text.toUpperCase()), whereUnitNamed(text)]));
  }
  return query
    .orderBy(sql`code = upper(${text})`, 'desc')
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
