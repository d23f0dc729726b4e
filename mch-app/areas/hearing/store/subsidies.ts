import { type RawBuilder, sql } from 'kysely';
import { type ReportFilters, type Scope, withinScope } from '../../../records/index.ts';

/** What the State pays for a child's screening (NT$), and until when. */
const SUBSIDY = 700;
const UNTIL = sql`interval '3 months'`;

/**
 * Screenings of a span of months against births and subsidies: subsidised ones of a child that turns out to have been
 * too old or whose hospital of birth nobody told, and first ones in time for which nobody asked the subsidy.
 */
const LINES = (scope: Scope, { since, until, mismatch }: ReportFilters): RawBuilder<unknown> => sql`
  select * from (
    select r.id, r.no, r.service_on, r.unit_code, p.name, p.id_hint, s.subsidy, case
        when s.subsidy and r.service_on > p.birth_date + ${UNTIL} then 'late'
        when s.subsidy and b.unit_code is null then 'no_birth_unit'
        when not coalesce(s.subsidy, false) and s.stage = 'first' and s.overall <> 'incomplete'
          and r.service_on <= p.birth_date + ${UNTIL}
          and not exists (select 1 from record o join hearing_screening os on os.record_id = o.id
            where o.patient_id = r.patient_id and o.kind = 'hearing-screening' and o.state <> 'draft' and os.subsidy)
          then 'not_claimed' end as mismatch
    from record r join hearing_screening s on s.record_id = r.id join patient p on p.id = r.patient_id
      left join birth b on b.child_id = p.id
    where r.kind = 'hearing-screening' and r.state <> 'draft' and ${withinScope(scope)}
      and r.service_on >= ${`${since}-01`} and r.service_on < ${`${until}-01`}::date + interval '1 month') line
  where ${mismatch === undefined ? sql`true` : sql`line.mismatch = ${mismatch}`}`;

/** Those that do not fit together. */
export function mismatches(scope: Scope, filters: ReportFilters): RawBuilder<unknown> {
  return sql`
    select l.id::text as id, l.service_on::text || l.no as position, 'child/hearing/screening/' || l.no as record,
      l.service_on::text as screened_on, l.name as person, l.id_hint, coalesce(u.name, l.unit_code) as unit_name,
      l.mismatch
    from (${LINES(scope, filters)}) l left join unit u on u.code = l.unit_code where l.mismatch is not null`;
}

/** How many were subsidised, what that comes to, and how many do not fit. */
export function subsidySums(scope: Scope, filters: ReportFilters): RawBuilder<unknown> {
  return sql`
    select count(*) filter (where subsidy) as subsidised, (count(*) filter (where subsidy)) * ${SUBSIDY}::bigint as amount,
      count(mismatch) as mismatches
    from (${LINES(scope, filters)}) l`;
}
