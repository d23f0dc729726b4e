import { type RawBuilder, sql } from 'kysely';
import { type ReportFilters, type Scope, inPlace, withinScope } from '../../../records/index.ts';

/** Births by month, and how far screening got with them. */
export function byMonth(scope: Scope, filters: ReportFilters): RawBuilder<unknown> {
  return sql`select month as id, month as position, month, ${FIGURES}
    from (${children(scope, filters)}) child group by month`;
}

/** The same in one line. */
export function inAll(scope: Scope, filters: ReportFilters): RawBuilder<unknown> {
  return sql`select figures.*, coverage as coverage_all, days_to_diagnosis as days_median
    from (select ${FIGURES} from (${children(scope, filters)}) child) figures`;
}

/**
 * Coverage: live births a specimen was taken of. Recall: of those with a finding, those to be taken again. Predictive
 * value: of the positive ones with a conclusion, those confirmed. Time: the median of days from birth to diagnosis.
 */
const FIGURES = sql`count(*) as births, count(*) filter (where is_taken) as screened,
  (count(*) filter (where is_taken))::float8 / nullif(count(*), 0) as coverage,
  count(*) filter (where is_found) as results, count(*) filter (where is_recalled) as recalled,
  (count(*) filter (where is_recalled))::float8 / nullif(count(*) filter (where is_found), 0) as recall_rate,
  count(*) filter (where is_positive) as positives, count(*) filter (where is_confirmed) as confirmed,
  (count(*) filter (where is_confirmed))::float8 / nullif(count(*) filter (where is_concluded), 0) as predictive_value,
  round(percentile_cont(0.5) within group (order by days) filter (where is_confirmed))::int as days_to_diagnosis`;

/** One row a live birth of the months, with what became of the child, wherever that was done. */
function children(scope: Scope, filters: ReportFilters): RawBuilder<unknown> {
  const { since = '', until = '' } = filters;
  return sql`
    select to_char(r.service_on, 'YYYY-MM') as month,
      exists (select 1 from record t where t.patient_id = r.patient_id and t.kind = 'nbs-specimen'
        and t.state <> 'draft') as is_taken,
      coalesce(f.is_found, false) as is_found, coalesce(f.is_recalled, false) as is_recalled,
      coalesce(f.is_positive, false) as is_positive,
      coalesce(f.is_positive and d.is_confirmed, false) as is_confirmed,
      coalesce(f.is_positive and d.is_concluded, false) as is_concluded,
      d.confirmed_on - r.service_on as days
    from record r join nbs_birth b on b.record_id = r.id left join unit u on u.code = r.unit_code
      left join lateral (select true as is_found, bool_or(l.overall in ('repeat', 'unfit')) as is_recalled,
          bool_or(l.overall = 'confirm') as is_positive
        from record x join nbs_lab l on l.record_id = x.id
        where x.patient_id = r.patient_id and x.kind = 'nbs-lab' and x.state <> 'draft'
        having count(*) > 0) f on true
      left join lateral (select bool_or(g.diagnosis = 'confirmed') as is_confirmed,
          bool_or(g.diagnosis in ('confirmed', 'excluded', 'transient')) as is_concluded,
          min(g.diag_date) filter (where g.diagnosis = 'confirmed') as confirmed_on
        from record x join nbs_diagnosis g on g.record_id = x.id
        where x.patient_id = r.patient_id and x.kind = 'nbs-diagnosis' and x.state <> 'draft') d on true
    where r.kind = 'nbs-birth' and r.state <> 'draft' and b.not_screened_reason is distinct from 'died'
      and ${withinScope(scope)} and ${inPlace(filters)}
      and r.service_on >= ${`${since}-01`}::date and r.service_on < ${`${until}-01`}::date + interval '1 month'`;
}
