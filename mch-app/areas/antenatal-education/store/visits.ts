import { type RawBuilder, sql } from 'kysely';
import { GUIDANCE_CODES } from '../policy.ts';

/**
 * The pregnancy `pr` a record `r` belongs to: the one it names, else the one whose weeks its day falls into. A visit
 * without weeks names none.
 */
export const joinPregnancy = (record = 'r', pregnancy = 'pr'): RawBuilder<unknown> => {
  const r = (column: string) => sql.ref(`${record}.${column}`);
  return sql`left join lateral (
    select one.id, one.edc, one.closed_on from pregnancy one where one.mother_id = ${r('patient_id')}
      and (one.id = ${r('pregnancy_id')}
        or (${r('pregnancy_id')} is null and ${r('service_on')} between one.edc - 280 and one.edc + 21))
    order by one.edc limit 1) ${sql.ref(pregnancy)} on true`;
};

/** A visit `g` that was claimed as guidance. */
export const isClaim = (visit = 'g'): RawBuilder<unknown> =>
  sql`${sql.ref(`${visit}.nhi_order_code`)} in (${sql.join(Object.keys(GUIDANCE_CODES))})`;

/** Visits that count: neither still being written nor struck off. */
export const isCounted = (record = 'r'): RawBuilder<unknown> =>
  sql`${sql.ref(`${record}.kind`)} = 'edu-registration' and ${sql.ref(`${record}.state`)} not in ('draft', 'rejected')`;

/** Whether the guidance a visit `r`, `g`, `pr` asks for was uploaded, by anybody or by the unit of the visit. */
export function isUploaded(by: 'anybody' | 'unit'): RawBuilder<unknown> {
  const there = by === 'unit' ? sql`and e.unit_code = r.unit_code` : sql``;
  // guidance that was handed in is unique by its trimester: looked up visit by visit, the index of that finds it at once
  return sql`coalesce((select true from record e
    where e.kind = 'edu-record' and e.state <> 'draft' and e.patient_id = r.patient_id
      and coalesce(e.pregnancy_id, e.patient_id) = pr.id and e.unique_key = g.trimester ${there} limit 1), false)`;
}

/** From the first day of a month to the last day of another. */
export function inMonths(since = '', until = since): RawBuilder<unknown> {
  return sql`(r.service_on >= ${`${since}-01`}::date
    and r.service_on < ${`${until}-01`}::date + interval '1 month')`;
}

/** The visits with all that reports about them say: record `r`, visit `g`, pregnancy `pr`, person `p`, unit `u`. */
export const VISITS = sql`record r join edu_registration g on g.record_id = r.id ${joinPregnancy()}
  join patient p on p.id = r.patient_id left join unit u on u.code = r.unit_code`;

/** The columns that name a visit. */
export const VISIT_COLUMNS = sql`r.id::text as id, r.service_on::text || lpad(r.no::text, 12, '0') as position,
  'maternal/antenatal-education/registrations/' || r.no as record, r.service_on::text as visit_date,
  p.name as person, p.id_hint, g.trimester, coalesce(u.name, r.unit_code) as unit_name`;
