import { type RawBuilder, sql } from 'kysely';
import { type ReportFilters, type Scope, eachAwaiting, short, withinScope } from '../../records/index.ts';

/** A specimen whose result nobody has entered; a draft of a result is none. */
export const withoutResult = short(() => eachAwaiting('gbs-result'));

/** A positive result nobody has followed up. */
export const withoutFollowUp = short(() => eachAwaiting('gbs-positive'));

/**
 * What does not fit together: specimens of one pregnancy taken twice, and those that were charged or subsidised and
 * have waited for a result for more than 14 days.
 */
export function mismatches(scope: Scope, { from, to }: ReportFilters, today: string): RawBuilder<unknown> {
  return sql`
    select r.id::text as id, r.service_on::text || r.no as position, 'maternal/gbs/specimens/' || r.no as record,
      r.service_on::text as sample_date, p.name as person, p.id_hint, coalesce(u.name, r.unit_code) as unit_name,
      case when twin.id is not null then 'twice' else 'no_result' end as mismatch
    from record r join gbs_specimen s on s.record_id = r.id join patient p on p.id = r.patient_id
      left join unit u on u.code = r.unit_code
      left join lateral (select o.id from record o where o.kind = 'gbs-specimen' and o.patient_id = r.patient_id
        and o.id <> r.id and o.state <> 'draft' and abs(o.service_on - r.service_on) < 140 limit 1) twin on true
    where r.kind = 'gbs-specimen' and r.state <> 'draft' and ${withinScope(scope)}
      and r.service_on between ${from} and ${to}
      and (twin.id is not null or (r.service_on < ${today}::date - 14 and ${eachAwaiting('gbs-result')}))`;
}

/** Specimens and results by month. */
export function byMonth(scope: Scope, { since, until, county }: ReportFilters): RawBuilder<unknown> {
  return sql`
    select to_char(r.service_on, 'YYYY-MM') as id, to_char(r.service_on, 'YYYY-MM') as position,
      to_char(r.service_on, 'YYYY-MM') as month, count(*) as specimens, count(g.record_id) as results,
      count(*) filter (where g.result = 'positive') as positives,
      (count(*) filter (where g.result = 'positive'))::float8 / nullif(count(g.record_id), 0) as positive_rate
    from record r left join record c on c.parent_id = r.id and c.kind = 'gbs-result' and c.state <> 'draft'
      left join gbs_result g on g.record_id = c.id
    where ${counted(scope, since, until, county)} group by 1`;
}

/** The same in one line. */
export function inAll(scope: Scope, { since, until, county }: ReportFilters): RawBuilder<unknown> {
  return sql`
    select count(*) as specimens, count(g.record_id) as results,
      (count(*) filter (where g.result = 'positive'))::float8 / nullif(count(g.record_id), 0) as positive_rate
    from record r left join record c on c.parent_id = r.id and c.kind = 'gbs-result' and c.state <> 'draft'
      left join gbs_result g on g.record_id = c.id
    where ${counted(scope, since, until, county)}`;
}

function counted(scope: Scope, since = '', until = '', county = ''): RawBuilder<unknown> {
  const there = county === '' ? sql`true` : sql`r.county = ${county}`;
  return sql`r.kind = 'gbs-specimen' and r.state <> 'draft' and ${withinScope(scope)} and ${there}
    and r.service_on >= ${`${since}-01`} and r.service_on < ${`${until}-01`}::date + interval '1 month'`;
}
