import { type RawBuilder, sql } from 'kysely';
import {
  type ReportFilters,
  type Scope,
  bornWithin,
  stillAwaits,
  withinScope,
} from '../../../records/index.ts';
import { screenedBy } from './conditions.ts';

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
 * screening, all of which are kept in a list. `side` is what the own unit screened, or what was referred to it.
 */
export function undiagnosed(scope: Scope, filters: ReportFilters, today: string): RawBuilder<unknown> {
  return sql`
    select r.id::text as id, r.service_on::text || r.no as position, 'child/hearing/screening/' || r.no as record,
      r.service_on::text as screened_on, p.name as person, p.id_hint, p.birth_date::text as born_on, s.stage,
      coalesce(u.name, r.unit_code) as unit_name, coalesce(t.name, r.assigned_unit_code) as refer_to,
      ${today}::date - r.service_on as waited_days,
      case when r.assigned_unit_code = ${scope.unitCode} then 'parent=' || r.no end as diagnose
    from record r left join hearing_screening s on s.record_id = r.id left join patient p on p.id = r.patient_id
      left join unit u on u.code = r.unit_code left join unit t on t.code = r.assigned_unit_code
    where ${stillAwaits('hearing-diagnosis')} and ${withinScope(scope)} and ${narrowed(scope, filters)}`;
}

function narrowed(scope: Scope, { from, to, side, stage }: ReportFilters): RawBuilder<unknown> {
  const wanted = [
    ...(from === undefined ? [] : [sql`p.birth_date >= ${from}`]),
    ...(to === undefined ? [] : [sql`p.birth_date <= ${to}`]),
    ...(stage === undefined ? [] : [sql`s.stage = ${stage}`]),
    ...(side === 'screened' ? [sql`r.unit_code = ${scope.unitCode}`] : []),
    ...(side === 'referred' ? [sql`r.assigned_unit_code = ${scope.unitCode}`] : []),
  ];
  return wanted.length === 0 ? sql`true` : sql.join(wanted, sql` and `);
}
