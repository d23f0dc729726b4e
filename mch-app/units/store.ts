import { sql } from 'kysely';
import { startsWith } from '#db/prefix.ts';
import type { Db, Trx } from '#db/mch/tables.ts';
import type { KnownUnit, RegisteredUnit, UnitNames } from './types.ts';

/** Takes over what the single entry says of a unit. */
export async function keepUnit(db: Db | Trx, { code, name, kind, county, town }: KnownUnit): Promise<void> {
  const unit = { code, name, kind, county, town };
  await db
    .insertInto('unit')
    .values(unit)
    .onConflict((conflict) => conflict.column('code').doUpdateSet({ ...unit, seen_at: sql`now()` }))
    .execute();
}

/** Takes over a page of the register. */
export async function keepRegister(db: Db, units: readonly RegisteredUnit[]): Promise<void> {
  if (units.length === 0) return;
  await db
    .insertInto('unit')
    .values(
      units.map(({ code, name, kind, county, town, status, changedAt }) => ({
        ...{ code, name, kind, county, town, status },
        changed_at: changedAt,
      })),
    )
    .onConflict((conflict) =>
      conflict.column('code').doUpdateSet((row) => ({
        name: row.ref('excluded.name'),
        kind: row.ref('excluded.kind'),
        county: row.ref('excluded.county'),
        town: row.ref('excluded.town'),
        status: row.ref('excluded.status'),
        changed_at: row.ref('excluded.changed_at'),
        seen_at: sql`now()`,
      })),
    )
    .execute();
}

/** How far the register is known; undefined before it ever was. */
export async function lastChange(db: Db): Promise<Date | undefined> {
  const row = await db
    .selectFrom('unit')
    .select((unit) => unit.fn.max('changed_at').as('at'))
    .executeTakeFirst();
  return row?.at ?? undefined;
}

/** What the units of these codes are called. */
export async function findUnitNames(db: Db | Trx, codes: readonly string[]): Promise<UnitNames> {
  const wanted = [...new Set(codes)];
  if (wanted.length === 0) return new Map();
  const rows = await db.selectFrom('unit').select(['code', 'name']).where('code', 'in', wanted).execute();
  return new Map(rows.map(({ code, name }) => [code, name]));
}

/** Units in use whose code begins with the text or whose name holds it, the exact code first. */
export async function searchUnits(db: Db, text: string, limit: number): Promise<KnownUnit[]> {
  if (text === '') return [];
  return db
    .selectFrom('unit')
    .select(['code', 'name', 'kind', 'county', 'town'])
    .where('status', '=', 'active')
    .where((unit) =>
      unit.or([
        startsWith('code', text.toUpperCase()),
        sql<boolean>`strpos(lower(name), ${text.toLowerCase()}) > 0`,
      ]),
    )
    .orderBy(sql`code = upper(${text})`, 'desc')
    .orderBy('code')
    .limit(limit)
    .execute();
}
