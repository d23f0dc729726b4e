import { type RawBuilder, sql } from 'kysely';
import { type ReportFilters, type Scope, inPlace, withinScope } from '../../../records/index.ts';

/** The specimens that go, or went, to a screening centre: those mailed in the days asked, or those not mailed yet. */
export function toBeSent(scope: Scope, filters: ReportFilters): RawBuilder<unknown> {
  return sql`
    select r.id::text as id, c.code || r.service_on::text || lpad(r.no::text, 12, '0') as position,
      'child/newborn-screening/specimens/' || r.no as record, s.filter_card_no, s.seq, p.name as person,
      p.birth_date::text as birth_date, r.service_on::text as collected_on, s.mailed_date::text as mailed_date,
      c.name as center_name, coalesce(u.name, r.unit_code) as unit_name
    from ${SPECIMENS} where ${wanted(scope, filters)}`;
}

export function sentSums(scope: Scope, filters: ReportFilters): RawBuilder<unknown> {
  return sql`select count(*) as specimens, count(distinct s.center) as centers
    from ${SPECIMENS} where ${wanted(scope, filters)}`;
}

const SPECIMENS = sql`record r join nbs_specimen s on s.record_id = r.id join patient p on p.id = r.patient_id
  left join unit u on u.code = r.unit_code
  cross join lateral (select s.center as code, coalesce((select name from unit where code = s.center), s.center) as name) c`;

function wanted(scope: Scope, filters: ReportFilters): RawBuilder<unknown> {
  const { from = '', to = '', sent, center } = filters;
  const days =
    sent === 'unsent'
      ? sql`s.mailed_date is null and r.service_on between ${from} and ${to}`
      : sql`s.mailed_date between ${from} and ${to}`;
  const there =
    center === undefined ? sql`true` : sql`(s.center = ${center} or strpos(c.name, ${center}) > 0)`;
  return sql`r.kind = 'nbs-specimen' and r.state <> 'draft' and ${withinScope(scope)} and ${inPlace(filters)}
    and ${days} and ${there}`;
}
