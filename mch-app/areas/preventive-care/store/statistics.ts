import { type RawBuilder, sql } from 'kysely';
import { type ReportFilters, type Scope, bornWithin, withinScope } from '../../../records/index.ts';
import { VISITS } from '../windows.ts';

/** What a line and the sum of all lines tell; a visit is due once the last day for it is past. */
const FIGURES = sql`sum(exams) as exams, sum(abnormal) as abnormal,
  sum(abnormal)::float8 / nullif(sum(exams), 0) as abnormal_rate,
  sum(referred) as referred, sum(referred)::float8 / nullif(sum(abnormal), 0) as referral_rate,
  sum(referrals) as referrals, sum(diagnosed) as diagnosed,
  sum(diagnosed)::float8 / nullif(sum(referrals), 0) as diagnosis_rate,
  sum(due) as due, sum(attended) as attended, sum(attended)::float8 / nullif(sum(due), 0) as utilisation`;

/** Visits, referrals and what was due, month by month. */
export function byMonth(scope: Scope, filters: ReportFilters, today: string): RawBuilder<unknown> {
  return sql`select month as id, month as position, month, ${FIGURES}
    from (${counted(scope, filters, today)}) counted group by month`;
}

/** The same of all months: each visit, referral and visit that was due stands in one. */
export const IN_ALL = FIGURES;

/** One row a visit, a referral, and a visit that was due. */
function counted(scope: Scope, filters: ReportFilters, today: string): RawBuilder<unknown> {
  const { since = '', until = '', county = '' } = filters;
  const sent = (
    kind: string,
  ) => sql`r.kind = ${sql.lit(kind)} and r.state <> 'draft' and ${withinScope(scope)}
    and ${county === '' ? sql`true` : sql`r.county = ${county}`}
    and r.service_on >= ${`${since}-01`}::date and r.service_on < ${`${until}-01`}::date + interval '1 month'`;
  const lives =
    county === '' ? sql`true` : sql`coalesce(nullif(b.residence_county, ''), b.county) = ${county}`;
  const windows = sql.join(VISITS.map(([, before], at) => sql`(${String(at + 1)}, ${before}::int)`));
  return sql`
    select to_char(r.service_on, 'YYYY-MM') as month, 1 as exams, e.abnormal::int as abnormal,
      (e.abnormal and exists (select 1 from record c where c.parent_id = r.id and c.kind = 'child-referral'
        and c.state <> 'draft'))::int as referred,
      0 as referrals, 0 as diagnosed, 0 as due, 0 as attended
    from record r join child_exam e on e.record_id = r.id where ${sent('child-exam')}
    union all
    select to_char(r.service_on, 'YYYY-MM'), 0, 0, 0, 1,
      exists (select 1 from record c join child_diagnosis d on d.record_id = c.id where c.parent_id = r.id
        and c.state <> 'draft' and d.diagnosis_result in ('confirmed', 'excluded'))::int, 0, 0
    from record r where ${sent('child-referral')}
    union all
    select to_char(due.ended, 'YYYY-MM'), 0, 0, 0, 0, 0, 1,
      exists (select 1 from record x where x.kind = 'child-exam' and x.patient_id = b.child_id
        and x.unique_key = 'visit-' || due.no and x.state <> 'draft')::int
    from birth b join patient p on p.id = b.child_id
      cross join (values ${windows}) as visit (no, before_months)
      cross join lateral (select visit.no, (p.birth_date + make_interval(months => visit.before_months))::date as ended) due
    where ${bornWithin(scope)} and b.is_alive and ${lives} and due.ended <= ${today}::date
      and due.ended >= ${`${since}-01`}::date and due.ended < ${`${until}-01`}::date + interval '1 month'`;
}
