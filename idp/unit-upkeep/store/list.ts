import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';
import type { ListScope } from '../../console-lists/index.ts';
import { whereInReach } from '../../permissions/index.ts';
import { whereUnitNamed } from '../../units/index.ts';
import type { UnitFilter, UnitRow, UnitSort } from '../types.ts';

type Scope = ListScope<UnitFilter, UnitSort>;

const LAST = '\u{10FFFF}'; // no text that begins with a prefix comes after prefix + this
const CODE = sql`code collate "C"`;
const ORDER: Record<UnitSort, RawBuilder<unknown>> = {
  code: CODE,
  name: sql`name collate "C"`,
  changed: sql`changed_at`,
};
const POSITION: Record<UnitSort, RawBuilder<string>> = {
  code: sql<string>`code`,
  name: sql<string>`name`,
  changed: sql<string>`changed_at::text`,
};

/** @param townCodes of the townships asked for by name or code; undefined: none was asked for */
export async function listUnits(
  db: Db,
  { request, reach }: Scope,
  limit: number,
  townCodes: string[] | undefined,
): Promise<UnitRow[]> {
  const { sort, descending, after } = request;
  const direction = descending ? sql`desc` : sql`asc`;
  const compare = descending ? sql`<` : sql`>`;
  const { rows } = await sql<UnitRow>`
    select code as id, ${POSITION[sort]} as position, name, name_en as "nameEn", kind, county, town, status,
      changed_at as "changedAt"
    from unit where ${whereInReach(reach, 'code')} and ${conditions(request.filters, townCodes)}
      and ${after ? sql`(${ORDER[sort]}, ${CODE}) ${compare} (${valueOf(sort, after.value)}, ${after.id}::text)` : sql`true`}
    order by ${ORDER[sort]} ${direction}, ${CODE} ${direction} limit ${limit}`.execute(db);
  return rows;
}

export async function countUnits(
  db: Db,
  { request, reach }: Scope,
  upTo: number,
  townCodes: string[] | undefined,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (
      select from unit where ${whereInReach(reach, 'code')} and ${conditions(request.filters, townCodes)} limit ${upTo}
    ) found`.execute(db);
  return rows[0]?.count ?? 0;
}

function valueOf(sort: UnitSort, value: string) {
  return sort === 'changed' ? sql`${value}::timestamptz` : sql`${value}::text`;
}

function conditions(filters: Scope['request']['filters'], townCodes: string[] | undefined) {
  const { code, name, kind, county, status } = filters;
  const all = [sql`true`];
  if (code !== undefined) all.push(sql`${CODE} >= ${code} and ${CODE} < ${code + LAST}`);
  if (name !== undefined) all.push(sql`${whereUnitNamed(name)}`);
  if (kind !== undefined) all.push(sql`kind = ${kind}`);
  if (county !== undefined) all.push(sql`county = ${county}`);
  if (townCodes !== undefined) all.push(sql`town = any(${townCodes}::bpchar[])`);
  if (status !== undefined) all.push(sql`status = ${status}`);
  return sql.join(all, sql` and `);
}
