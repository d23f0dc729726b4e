import { type RawBuilder, sql } from 'kysely';
import { type ReportFilters, type Scope, withinScope } from '../../../records/index.ts';
import { TERM } from '../programme.ts';

/** What became of those looked at, by the month of their intake. */
export function byMonth(scope: Scope, filters: ReportFilters): RawBuilder<unknown> {
  return sql`select month as id, month as position, month, ${FIGURES} from (${looked(scope, filters)}) i group by month`;
}

/** The same in one line. */
export function inAll(scope: Scope, filters: ReportFilters): RawBuilder<unknown> {
  return sql`select ${FIGURES} from (${looked(scope, filters)}) i`;
}

const FIGURES = sql`
  count(*) as intakes,
  count(*) filter (where is_in) as enrolled,
  (count(*) filter (where is_in))::float8 / nullif(count(*), 0) as enrolled_rate,
  coalesce(sum(contacts), 0)::int as contacts,
  (sum(done))::float8 / nullif(sum(contacts), 0) as done_rate,
  (count(*) filter (where is_in and visits > 0))::float8 / nullif(count(*) filter (where is_in), 0) as visited_rate,
  count(*) filter (where gest_days is not null) as deliveries,
  (count(*) filter (where gest_days < ${TERM}::int))::float8
    / nullif(count(*) filter (where gest_days is not null), 0) as preterm_rate,
  (count(*) filter (where is_in and referrals > 0))::float8
    / nullif(count(*) filter (where is_in), 0) as referred_rate`;

/** Each intake with what was written in its case; of a case given away, whatever the other unit wrote as well. */
function looked(scope: Scope, { since = '', until = '', county = '', criteria = '' }: ReportFilters) {
  return sql`
    select to_char(r.service_on, 'YYYY-MM') as month, coalesce(t.enrolled, false) as is_in,
      coalesce(w.contacts, 0) as contacts, coalesce(w.done, 0) as done, coalesce(w.visits, 0) as visits,
      coalesce(w.referrals, 0) as referrals, w.gest_days
    from record r join hr_intake t on t.record_id = r.id
      left join record c on c.parent_id = r.id and c.kind = 'hr-case'
      left join lateral (
        select count(k.record_id)::int as contacts,
          (count(*) filter (where k.contact_result = 'done'))::int as done,
          (count(*) filter (where k.contact_result = 'done' and k.contact_mode = 'home'))::int as visits,
          (count(*) filter (where o.kind = 'hr-referral'))::int as referrals, max(d.gest_days) as gest_days
        from record o left join hr_contact k on k.record_id = o.id left join hr_delivery d on d.record_id = o.id
        where o.parent_id = c.id and o.state <> 'draft') w on true
    where r.kind = 'hr-intake' and r.state <> 'draft' and ${withinScope(scope)}
      and r.service_on >= ${`${since}-01`} and r.service_on < ${`${until}-01`}::date + interval '1 month'
      and ${county === '' ? sql`true` : sql`r.county = ${county}`}
      and ${criteria === '' ? sql`true` : sql`t.criteria @> array[${criteria}]`}`;
}

/** The lines of the settlements of some months: every record they hold, with its price. */
export function linesOf(
  scope: Scope,
  { since = '', until = '', unit = '' }: ReportFilters,
): RawBuilder<unknown> {
  const line = (table: string, item: RawBuilder<unknown>, caseId: RawBuilder<unknown>) => sql`
    select t.record_id, ${item} as item, ${caseId} as case_id
    from ${sql.table(table)} t join record o on o.id = t.record_id where t.settlement_id = r.id`;
  return sql`
    select l.record_id::text as id, b.month || r.no || l.item || o.service_on as position,
      'maternal/high-risk/settlement/' || r.no as record, b.month as month,
      coalesce(u.name, r.unit_code) as unit_name, l.item as item, o.service_on::text as done_on, c.case_no as case_no,
      p.name as person, case l.item when 'intake' then b.price_intake when 'contact' then b.price_contact
        when 'home_visit' then b.price_home_visit else b.price_postpartum end as price
    from record r join hr_settlement b on b.record_id = r.id
      cross join lateral (${sql.join(
        [
          line(
            'hr_intake',
            sql`'intake'`,
            sql`(select k.id from record k where k.parent_id = o.id and k.kind = 'hr-case')`,
          ),
          line(
            'hr_contact',
            sql`case when t.contact_mode = 'home' then 'home_visit' else 'contact' end`,
            sql`o.parent_id`,
          ),
          line('hr_postpartum', sql`'postpartum'`, sql`o.parent_id`),
        ],
        sql` union all `,
      )}) l
      join record o on o.id = l.record_id left join hr_case c on c.record_id = l.case_id
      left join patient p on p.id = o.patient_id left join unit u on u.code = r.unit_code
    where r.kind = 'hr-settlement' and ${withinScope(scope)}
      and b.month between ${since} and ${until}
      and ${unit === '' ? sql`true` : sql`(r.unit_code = ${unit} or strpos(u.name, ${unit}) > 0)`}`;
}
