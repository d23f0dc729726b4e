import { type RawBuilder, sql } from 'kysely';
import { type ReportFilters, type Scope, bornWithin } from '../../../records/index.ts';

/**
 * What became of each child born in a span of months, up to training: the first screening of an ear, the last finished
 * one, the first diagnosis, the first device and training.
 */
const COURSES = (scope: Scope, { since, until, county }: ReportFilters): RawBuilder<unknown> => sql`
  with child as (
    select p.id, p.birth_date from patient p join birth b on b.child_id = p.id
    where p.kind = 'child' and b.is_alive and ${bornWithin(scope)}
      and ${county === undefined ? sql`true` : sql`b.county = ${county}`}
      and p.birth_date >= ${`${since}-01`} and p.birth_date < ${`${until}-01`}::date + interval '1 month'),
  screened as (
    select r.patient_id, min(r.service_on) as first_on,
      (array_agg(s.overall order by s.screened_at desc, r.no desc) filter (where s.overall <> 'incomplete'))[1] as final
    from child c join record r on r.patient_id = c.id and r.kind = 'hearing-screening' and r.state <> 'draft'
      join hearing_screening s on s.record_id = r.id
    where s.right_ear <> 'untested' or s.left_ear <> 'untested' group by r.patient_id),
  diagnosed as (
    select r.patient_id, min(d.diag_date) as first_on, bool_or(d.right <> 'normal' or d.left <> 'normal') as is_loss,
      bool_or(coalesce(d.plan && array['aid', 'implant'], false)) as needs_device
    from child c join record r on r.patient_id = c.id and r.kind = 'hearing-diagnosis' and r.state <> 'draft'
      join hearing_diagnosis d on d.record_id = r.id group by r.patient_id),
  followed as (
    select r.patient_id, min(t.device_date) as device_on, min(t.intervention_start) as training_on
    from child c join record r on r.patient_id = c.id and r.kind = 'hearing-tracking' and r.state not in ('draft', 'returned')
      join hearing_tracking t on t.record_id = r.id group by r.patient_id)
  select c.birth_date, s.first_on is not null as is_screened,
    coalesce(s.first_on <= c.birth_date + interval '1 month', false) as in_month,
    coalesce(s.final = 'fail', false) as has_failed, d.first_on is not null as is_diagnosed,
    coalesce(d.first_on <= c.birth_date + interval '3 months', false) as in_3_months, coalesce(d.is_loss, false) as is_loss,
    coalesce(d.is_loss and d.needs_device, false) as needs_device,
    coalesce(f.device_on <= d.first_on + interval '1 month', false) as is_fitted,
    coalesce(f.training_on <= c.birth_date + interval '6 months', false) as is_trained
  from child c left join screened s on s.patient_id = c.id left join diagnosed d on d.patient_id = c.id
    left join followed f on f.patient_id = c.id`;

const share = (part: RawBuilder<unknown>, whole: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`(count(*) filter (where ${part}))::float8 / nullif(count(*) filter (where ${whole}), 0)`;

/** Births and screenings, and of 1-3-1-6 how much was reached. */
const FIGURES = sql`count(*) as births, count(*) filter (where is_screened) as screened,
  ${share(sql`is_screened`, sql`true`)} as coverage, ${share(sql`in_month`, sql`true`)} as month_1,
  count(*) filter (where has_failed) as failed,
  ${share(sql`has_failed and in_3_months`, sql`has_failed`)} as months_3,
  count(*) filter (where is_loss) as losses, ${share(sql`needs_device and is_fitted`, sql`needs_device`)} as fitted_1,
  ${share(sql`is_loss and is_trained`, sql`is_loss`)} as months_6`;

/** By month of birth. */
export function byMonth(scope: Scope, filters: ReportFilters): RawBuilder<unknown> {
  return sql`
    select to_char(birth_date, 'YYYY-MM') as id, to_char(birth_date, 'YYYY-MM') as position,
      to_char(birth_date, 'YYYY-MM') as month, ${FIGURES}
    from (${COURSES(scope, filters)}) course group by to_char(birth_date, 'YYYY-MM')`;
}

/** The same in one line. */
export function inAll(scope: Scope, filters: ReportFilters): RawBuilder<unknown> {
  return sql`select ${FIGURES} from (${COURSES(scope, filters)}) course`;
}
