import { type RawBuilder, sql } from 'kysely';
import { type ReportFilters, type Scope, inPlace, withinScope } from '../../../records/index.ts';

const DAYS_UNTIL_REPORTED = 14;

/**
 * Specimens taken in a month that do not fit their subsidy or their child's birth: subsidised twice, or after 30 days;
 * taken though the register says refused or died; subsidised and not reported within 14 days; paid by the family though
 * nothing stood against a subsidy.
 */
export function subsidyMismatches(scope: Scope, filters: ReportFilters, today: string): RawBuilder<unknown> {
  const { mismatch } = filters;
  return sql`
    select id, position, record, collected_on, person, id_hint, filter_card_no, subsidy_type, unit_name, mismatch
    from (
      select r.id::text as id, r.service_on::text || lpad(r.no::text, 12, '0') as position,
        'child/newborn-screening/specimens/' || r.no as record, r.service_on::text as collected_on, p.name as person,
        p.id_hint, s.filter_card_no, s.subsidy_type, coalesce(u.name, r.unit_code) as unit_name,
        ${mismatchOf(today)} as mismatch
      from ${SPECIMENS} where ${wanted(scope, filters)}) judged
    where mismatch is not null ${mismatch === undefined ? sql`` : sql`and mismatch = ${mismatch}`}`;
}

/** All specimens of the months, and what government and families pay for them. */
export function subsidySums(scope: Scope, filters: ReportFilters): RawBuilder<unknown> {
  return sql`
    select count(*) as specimens, count(*) filter (where s.subsidy_type <> 'none') as subsidised,
      coalesce(sum(s.subsidy_amount), 0)::int as government, coalesce(sum(s.family_amount), 0)::int as family
    from ${SPECIMENS} where ${wanted(scope, filters)}`;
}

const SPECIMENS = sql`record r join nbs_specimen s on s.record_id = r.id join patient p on p.id = r.patient_id
  left join nbs_birth b on b.record_id = r.parent_id left join unit u on u.code = r.unit_code`;

function wanted(scope: Scope, filters: ReportFilters): RawBuilder<unknown> {
  const { since = '', until = '' } = filters;
  return sql`r.kind = 'nbs-specimen' and r.state <> 'draft' and ${withinScope(scope)} and ${inPlace(filters)}
    and r.service_on >= ${`${since}-01`}::date and r.service_on < ${`${until}-01`}::date + interval '1 month'`;
}

function mismatchOf(today: string): RawBuilder<unknown> {
  const late = sql`s.collected_at > p.birth_at + interval '30 days'`;
  return sql`case
    when s.subsidy_type <> 'none' and exists (select 1 from record o join nbs_specimen t on t.record_id = o.id
      where o.kind = 'nbs-specimen' and o.state <> 'draft' and o.patient_id = r.patient_id and o.id <> r.id
        and t.subsidy_type <> 'none') then 'twice'
    when s.subsidy_type <> 'none' and ${late} then 'late'
    when b.not_screened_reason in ('refused', 'died') then 'not_screened'
    when s.subsidy_type <> 'none' and r.service_on < ${today}::date - ${DAYS_UNTIL_REPORTED}::int
      and not exists (select 1 from record f where f.parent_id = r.id and f.kind = 'nbs-lab' and f.state <> 'draft')
      then 'no_result'
    when s.subsidy_type = 'none' and s.seq = 1 and not (${late}) then 'unclaimed'
  end`;
}
