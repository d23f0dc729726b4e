import { type RawBuilder, sql } from 'kysely';
import { type ReportFilters, type Scope, withinScope } from '../../../records/index.ts';
import { isCounted, joinPregnancy } from './visits.ts';

/** Past her due date by so much a woman has given birth, whether anybody told or not. */
const OVERDUE_DAYS = 14;

/**
 * Women with checks in the period, a row a pregnancy: the longest time between two checks that follow one another, and
 * the days since the last while she has not given birth. Both end with the period, or today.
 */
function women(scope: Scope, { from, to }: ReportFilters, today: string): RawBuilder<unknown> {
  const end = to === undefined || to > today ? today : to;
  return sql`
    select visit.patient_id, visit.pregnancy, max(visit.service_on) as last_on, max(visit.gap) as longest,
      string_agg(to_char(visit.service_on, 'YYYY/MM/DD'), ', ' order by visit.service_on, visit.no) as visits,
      (array_agg(visit.unit_code order by visit.service_on desc, visit.no desc))[1] as unit_code,
      case when bool_or(visit.closed_on is not null) or max(visit.edc) + ${OVERDUE_DAYS}::int < ${end}::date
        or exists (select 1 from patient child where child.mother_id = visit.patient_id
          and child.birth_date between max(visit.service_on) and ${end}::date)
        then null else ${end}::date - max(visit.service_on) end as since_last
    from (
      select r.patient_id, coalesce(pr.id, r.patient_id) as pregnancy, pr.edc, pr.closed_on, r.no, r.unit_code,
        r.service_on, r.service_on - lag(r.service_on) over (
          partition by r.patient_id, coalesce(pr.id, r.patient_id) order by r.service_on, r.no) as gap
      from record r ${joinPregnancy()}
      where ${isCounted()} and ${withinScope(scope)} and r.service_on between ${from} and ${end}) visit
    group by visit.patient_id, visit.pregnancy`;
}

const isIrregular = ({ weeks }: ReportFilters): RawBuilder<unknown> =>
  sql`greatest(woman.longest, woman.since_last) > ${Number(weeks)}::int * 7`;

/** Those who missed their checks (M-14). */
export function irregular(scope: Scope, filters: ReportFilters, today: string): RawBuilder<unknown> {
  return sql`
    select woman.pregnancy::text as id, woman.last_on::text || woman.pregnancy as position, p.name as person, p.id_hint,
      woman.last_on::text as last_visit, woman.since_last / 7 as weeks_since, woman.longest / 7 as longest_gap,
      woman.visits, coalesce(u.name, woman.unit_code) as unit_name
    from (${women(scope, filters, today)}) woman join patient p on p.id = woman.patient_id
      left join unit u on u.code = woman.unit_code
    where ${isIrregular(filters)}`;
}

/** How many of all women with checks they are. */
export function irregularShare(scope: Scope, filters: ReportFilters, today: string): RawBuilder<unknown> {
  return sql`
    select count(distinct woman.patient_id) filter (where ${isIrregular(filters)}) as irregular_women,
      count(distinct woman.patient_id) as all_women,
      (count(distinct woman.patient_id) filter (where ${isIrregular(filters)}))::float8
        / nullif(count(distinct woman.patient_id), 0) as irregular_rate
    from (${women(scope, filters, today)}) woman`;
}
