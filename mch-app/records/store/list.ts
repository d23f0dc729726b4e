import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import { keysetAfter, keysetOrder } from '#db/keyset.ts';
import type { Db } from '#db/mch/tables.ts';
import type { ListRequest } from '#kit/list.ts';
import type { RecordSort } from '../lists.ts';
import { taipeiDay } from '#kit/clock.ts';
import type { UnitNames } from '../../units/index.ts';
import type { RecordKind, RecordState, Scope, Values } from '../types.ts';
import { byName, fewOf, fewOrMany, isOf, namedOf, prepared } from './few.ts';
import { mayShowPerson } from './persons.ts';
import { waysIn, withinScope } from './scope.ts';
import { columnOf, joinParts, selectValues, unitNamesOf, valuesOf } from './values.ts';

export interface RecordLine {
  /** The number once more, as lists go on after it. */
  id: string;
  position: string;
  no: number;
  state: RecordState;
  unlockedUntil: Date | null;
  serviceOn: string;
  unitCode: string;
  unitName: string;
  personName: string | null;
  idHint: string | null;
  values: Values;
  units: UnitNames;
}

/** A page of a kind's list: the records within sight that the filters leave, in the request's order. */
export async function listRecords(
  db: Db,
  kind: RecordKind,
  scope: Scope,
  request: ListRequest<string, RecordSort>,
  options: { limit: number; now: Date; columns?: readonly string[] },
): Promise<RecordLine[]> {
  const sort = `r.${request.sort}`;
  const known = mayShowPerson(scope);
  const limit = sql.lit(options.limit); // told to the planner, who else takes a tenth of all
  const part = (within: RawBuilder<unknown>): RawBuilder<unknown> => sql`(
    select r.no::text as id, ${sql.ref(sort)}::text as position, ${sql.ref(sort)} as sorted, r.no, r.state,
      r.unlocked_until as "unlockedUntil", r.service_on::text as "serviceOn", r.unit_code as "unitCode",
      coalesce(u.name, r.unit_code) as "unitName",
      case when ${known} then p.name end as "personName", case when ${known} then p.id_hint end as "idHint",
      ${selectValues(kind, options.columns ?? kind.list)}
    from record r left join unit u on u.code = r.unit_code left join patient p on p.id = r.patient_id ${joinParts(kind)}
    where ${where(kind, scope, within, request, options.now)} and ${keysetAfter(sort, 'r.no', request)}
    order by ${keysetOrder(sort, 'r.no', request)} limit ${limit})`;
  const { person } = request.filters;
  const isAtOnce = request.sort === 'service_on' || isShort(kind, request);
  const ways = isAtOnce ? waysOf(kind, scope, request) : fewOrMany(scope);
  const parts = sql.join(byName(ways, person, known).map(part), sql` union `);
  const { rows } = await sql<RecordLine & Record<string, unknown>>`
    ${prepared([...(isAtOnce ? [] : [fewOf(kind, scope)]), ...(person === undefined ? [] : [namedOf(person)])])}
    select * from (${parts}) line order by ${keysetOrder('line.sorted', 'line.no', request)} limit ${limit}`.execute(
    db,
  );
  return rows.map((row) => ({ ...row, values: valuesOf(row), units: unitNamesOf(row) }));
}

/** How many records there are that a list with these filters would show: part of a statement. */
export function countOf(
  kind: RecordKind,
  scope: Scope,
  filters: Readonly<Record<string, string>>,
  now: Date,
): RawBuilder<number> {
  return sql<number>`(select count(*) from record r left join unit u on u.code = r.unit_code
    left join patient p on p.id = r.patient_id ${joinParts(kind)} where ${where(kind, scope, sql`${withinScope(scope)}`, { filters }, now)})`;
}

/** How many there are, looking no further than `upTo` on each way they are in sight. */
export async function countRecords(
  db: Db,
  kind: RecordKind,
  scope: Scope,
  request: ListRequest<string, RecordSort>,
  options: { upTo: number; now: Date },
): Promise<number> {
  const upTo = sql.lit(options.upTo);
  const { person } = request.filters;
  const found = byName(waysOf(kind, scope, request), person, mayShowPerson(scope)).map(
    (way) => sql`(select r.no from record r left join unit u on u.code = r.unit_code
      left join patient p on p.id = r.patient_id ${joinParts(kind)}
      where ${where(kind, scope, way, request, options.now)} order by r.service_on, r.no limit ${upTo})`,
  );
  const { rows } = await sql<{ count: number }>`
    ${prepared(person === undefined ? [] : [namedOf(person)])}
    select count(*) as count from (select * from (${sql.join(found, sql` union `)}) found limit ${upTo}) counted`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
}

type Asked = Pick<ListRequest<string, RecordSort>, 'filters'>;

const isShort = (kind: RecordKind, { filters }: Asked): boolean =>
  filters['only'] !== undefined && kind.conditions[filters['only']]?.isShort === true;

const waysOf = (kind: RecordKind, scope: Scope, request: Asked): RawBuilder<unknown>[] =>
  isShort(kind, request) ? [sql`${withinScope(scope)}`] : waysIn(scope);

/** All that narrows a list but `person`, which is a way of finding its records. */
function where(
  kind: RecordKind,
  scope: Scope,
  within: RawBuilder<unknown>,
  { filters }: Pick<ListRequest<string, RecordSort>, 'filters'>,
  now: Date,
): Expression<SqlBool> {
  const wanted: RawBuilder<unknown>[] = [isOf(kind), within];
  const { from, to, by, county, town, unit, patient, state } = filters;
  if (from !== undefined) wanted.push(sql`r.service_on >= ${from}`);
  if (to !== undefined) wanted.push(sql`r.service_on <= ${to}`);
  const { sent_from: sentFrom, sent_to: sentTo } = filters;
  if (sentFrom !== undefined) wanted.push(sql`r.submitted_at >= ${`${sentFrom}T00:00:00+08:00`}`);
  if (sentTo !== undefined) {
    wanted.push(sql`r.submitted_at < ${`${sentTo}T00:00:00+08:00`}::timestamptz + interval '1 day'`);
  }
  const place = by === 'residence' ? 'residence_' : '';
  if (county !== undefined) wanted.push(sql`${sql.ref(`r.${place}county`)} = ${county}`);
  if (town !== undefined) wanted.push(sql`${sql.ref(`r.${place}town`)} = ${town}`);
  if (unit !== undefined) wanted.push(sql`(r.unit_code = ${unit} or strpos(u.name, ${unit}) > 0)`);
  if (patient === 'none') wanted.push(sql`false`);
  else if (patient !== undefined) wanted.push(sql`r.patient_id = any(array(${oneWithDrafts(patient)}))`);
  if (state === 'unlocked') wanted.push(sql`r.unlocked_until > ${now}`);
  else if (state !== undefined) wanted.push(sql`r.state = ${sql.lit(state)}`); // told to the planner, who has indexes of some
  const only = filters['only'] === undefined ? undefined : kind.conditions[filters['only']];
  if (only) wanted.push(only(taipeiDay(now), now, scope));
  for (const name of kind.filters) {
    const value = filters[`f_${name}`];
    if (value !== undefined) wanted.push(narrowed(kind, name, value));
  }
  return sql<SqlBool>`${sql.join(wanted, sql` and `)}`;
}

/** A person, and those whom drafts name by the same number. */
const oneWithDrafts = (id: string): RawBuilder<unknown> => sql`
  select ${id}::uuid union select d.id from patient q join patient d on d.draft_index = coalesce(q.draft_index, q.id_index)
  where q.id = ${id}`;

function narrowed(kind: RecordKind, name: string, value: string): RawBuilder<unknown> {
  const field = kind.parts.map(({ fields }) => fields[name]).find((found) => found !== undefined);
  const column = columnOf(kind, name);
  if (field?.kind === 'flags') return sql`${column} @> array[${value}]`;
  if (field?.kind === 'yes-no') return sql`${column} = ${value === 'yes'}`;
  return sql`${column} = ${value}`;
}
