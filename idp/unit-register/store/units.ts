import { sql } from 'kysely';
import type { Trx } from '#db/idp/tables.ts';
import type { CurrentUnit, RegisterRow } from '../types.ts';

/** The units of these codes as they are now; with `hold` they stay so until the transaction ends. */
export async function readUnits(trx: Trx, codes: string[], hold: boolean): Promise<Map<string, CurrentUnit>> {
  if (hold) {
    await sql`select from unit where code = any(${codes}) order by code for update`.execute(trx);
  }
  const { rows } = await sql<CurrentUnit>`
    select u.code, u.name, u.name_en as "nameEn", u.kind, u.county, u.town, u.address, u.phone, u.email, u.level,
      u.status, u.version, u.merged_into as "mergedInto",
      exists (select from account a where a.unit_code = u.code and a.status = 'active')
        or exists (select from subsystem_account s where s.unit_code = u.code and s.status <> 'disabled')
        as "isUsed"
    from unit u where u.code = any(${codes})`.execute(trx);
  return new Map(rows.map((unit) => [unit.code, unit]));
}

/** Adds units nobody knew; a code that somebody else added meanwhile is left alone. @returns the codes added */
export async function insertUnits(trx: Trx, rows: RegisterRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const added = await sql<{ code: string }>`
    insert into unit (code, name, name_en, kind, county, town, address, phone, email, level)
    select code, name, coalesce(nullif(name_en, ''), name), kind, county, town, address, phone, email, level
    from ${given(rows)} on conflict (code) do nothing returning code`.execute(trx);
  return new Set(added.rows.map(({ code }) => code));
}

/** Writes what the rows say over what was known; '' says nothing. */
export async function updateUnits(trx: Trx, rows: RegisterRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    update unit u set
      name = coalesce(nullif(r.name, ''), u.name), name_en = coalesce(nullif(r.name_en, ''), u.name_en),
      kind = coalesce(nullif(r.kind, ''), u.kind), county = coalesce(nullif(r.county, ''), u.county),
      town = coalesce(nullif(r.town, ''), u.town), address = coalesce(nullif(r.address, ''), u.address),
      phone = coalesce(nullif(r.phone, ''), u.phone), email = coalesce(nullif(r.email, ''), u.email),
      level = coalesce(nullif(r.level, ''), u.level), status = coalesce(nullif(r.status, ''), u.status)
    from ${given(rows)} where u.code = r.code`.execute(trx);
}

function given(rows: RegisterRow[]) {
  const of = (pick: (row: RegisterRow) => string) => sql`${rows.map(pick)}::text[]`;
  return sql`unnest(${of((row) => row.code)}, ${of((row) => row.name)}, ${of((row) => row.nameEn)},
    ${of((row) => row.kind)}, ${of((row) => row.county)}, ${of((row) => row.town)}, ${of((row) => row.address)},
    ${of((row) => row.phone)}, ${of((row) => row.email)}, ${of((row) => row.level)}, ${of((row) => row.status)})
    as r (code, name, name_en, kind, county, town, address, phone, email, level, status)`;
}
