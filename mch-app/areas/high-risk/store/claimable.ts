import { type RawBuilder, sql } from 'kysely';

/**
 * What a unit has done in a month and not settled: intakes that opened a case, contacts that came about, postpartum
 * assessments. Drafts, what was sent back and what is open for correction is not ripe; a postpartum assessment without
 * a day of delivery has no item.
 */
export function claimableRows(unitCode: string, month: string): RawBuilder<unknown> {
  const isMonth = /^\d{4}-\d{2}$/.test(month);
  const from = isMonth ? `${month}-01` : '2000-01-01';
  const ripe = sql`r.unit_code = ${unitCode} and r.state in ('submitted', 'approved')
    and (r.unlocked_until is null or r.unlocked_until < now())
    and r.service_on >= ${from}::date and r.service_on < ${from}::date + interval '1 month' and ${isMonth}::boolean`;
  return sql`
    select r.id, 'intake' as item from record r join hr_intake t on t.record_id = r.id
      where r.kind = 'hr-intake' and ${ripe} and t.enrolled and t.settlement_id is null
    union all
    select r.id, case when t.contact_mode = 'home' then 'home_visit' else 'contact' end
      from record r join hr_contact t on t.record_id = r.id
      where r.kind = 'hr-contact' and ${ripe} and t.contact_result = 'done' and t.settlement_id is null
    union all
    select r.id, case when c.delivered_on is not null and c.delivered_on <= t.assess_date then 'postpartum' end
      from record r join hr_postpartum t on t.record_id = r.id join hr_case c on c.record_id = r.parent_id
      where r.kind = 'hr-postpartum' and ${ripe} and t.settlement_id is null`;
}
