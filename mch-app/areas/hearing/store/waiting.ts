import { type RawBuilder, sql } from 'kysely';
import { type ReportFilters, type Scope, bornWithin, withinScope } from '../../../records/index.ts';
import { notDiagnosed, screenedBy } from './conditions.ts';

/** Children on the register, born within these days, of whom no screening was handed in. */
export function unscreened(scope: Scope, { from, to }: ReportFilters, today: string): RawBuilder<unknown> {
  return sql`
    select p.id::text as id, p.birth_date::text as position, p.name as person, p.id_hint,
      p.birth_date::text as born_on, ${today}::date - p.birth_date as age_days,
      coalesce(u.name, b.unit_code) as birth_unit, 'child=' || p.id as screen
    from patient p join birth b on b.child_id = p.id left join unit u on u.code = b.unit_code
    where p.kind = 'child' and p.birth_date between ${from} and ${to}
      and b.is_alive and ${bornWithin(scope)}
      and not ${screenedBy(sql`p.id`)}`;
}

/**
 * Children whose last finished screening failed and of whom no diagnosis was handed in: one line each, of that
 * screening. `side` is what the own unit screened, or what was referred to it. What came later is looked up child by
 * child: few fail, and joining all screenings and diagnoses of a county takes longer.
 */
export function undiagnosed(scope: Scope, filters: ReportFilters, today: string): RawBuilder<unknown> {
  return sql`
    with failed as materialized (
      select r.id, r.no, r.patient_id, r.unit_code, r.assigned_unit_code, r.service_on, s.stage, s.screened_at
      from hearing_screening s join record r on r.id = s.record_id
      where s.overall = 'fail' and r.state <> 'draft' and ${withinScope(scope)})
    select f.id::text as id, f.service_on::text || f.no as position, 'child/hearing/screening/' || f.no as record,
      f.service_on::text as screened_on, p.name as person, p.id_hint, p.birth_date::text as born_on, f.stage,
      coalesce(u.name, f.unit_code) as unit_name, coalesce(t.name, f.assigned_unit_code) as refer_to,
      ${today}::date - f.service_on as waited_days,
      case when f.assigned_unit_code = ${scope.unitCode} then 'parent=' || f.no end as diagnose
    from failed f join patient p on p.id = f.patient_id
      left join unit u on u.code = f.unit_code left join unit t on t.code = f.assigned_unit_code
    where ${narrowed(scope, filters)}
      and (select true from record later join hearing_screening l on l.record_id = later.id
        where later.patient_id = f.patient_id and later.kind = 'hearing-screening' and later.state <> 'draft'
          and l.overall <> 'incomplete' and (l.screened_at, later.no) > (f.screened_at, f.no) limit 1) is null
      and ${notDiagnosed(sql`f.patient_id`)}`;
}

function narrowed(scope: Scope, { from, to, side, stage }: ReportFilters): RawBuilder<unknown> {
  const wanted = [
    ...(from === undefined ? [] : [sql`p.birth_date >= ${from}`]),
    ...(to === undefined ? [] : [sql`p.birth_date <= ${to}`]),
    ...(stage === undefined ? [] : [sql`f.stage = ${stage}`]),
    ...(side === 'screened' ? [sql`f.unit_code = ${scope.unitCode}`] : []),
    ...(side === 'referred' ? [sql`f.assigned_unit_code = ${scope.unitCode}`] : []),
  ];
  return wanted.length === 0 ? sql`true` : sql.join(wanted, sql` and `);
}
