import { type RawBuilder, sql } from 'kysely';
import { VISITS } from '../../mch-app/areas/preventive-care/windows.ts';
import { type Scope, bornWithin, withinScope } from '../../mch-app/records/index.ts';

/*
 * What the rewritten reports and lists say, said plainly: every row is found by what it is, not by a list kept of it,
 * an index of it or a key that stands for it.
 */
export interface Months {
  since: string;
  until: string;
}

const during = ({ since, until }: Months): RawBuilder<unknown> =>
  sql`r.service_on >= ${`${since}-01`}::date and r.service_on < ${`${until}-01`}::date + interval '1 month'`;
const sent = (kind: string, scope: Scope): RawBuilder<unknown> =>
  sql`r.kind = ${kind} and r.state <> 'draft' and ${withinScope(scope)}`;

/** Visits, referrals and visits that were due, by month; a visit is told by its own number. */
export function preventiveCare(scope: Scope, months: Months, today: string): RawBuilder<unknown> {
  const windows = sql.join(VISITS.map(([, before], at) => sql`(${String(at + 1)}, ${before}::int)`));
  return sql`
    with exam as (select r.id, e.visit_no, e.abnormal, r.patient_id, r.service_on, ${withinScope(scope)} as is_seen
        from record r join child_exam e on e.record_id = r.id where r.kind = 'child-exam' and r.state <> 'draft'),
      referral as (select r.id, r.parent_id, r.service_on, ${withinScope(scope)} as is_seen
        from record r where r.kind = 'child-referral' and r.state <> 'draft'),
      told as (select distinct r.parent_id from record r join child_diagnosis d on d.record_id = r.id
        where r.state <> 'draft' and d.diagnosis_result in ('confirmed', 'excluded')),
      due as (select b.child_id, visit.no, (p.birth_date + make_interval(months => visit.before_months))::date as ended
        from birth b join patient p on p.id = b.child_id cross join (values ${windows}) as visit (no, before_months)
        where ${bornWithin(scope)} and b.is_alive),
      one as (
        select to_char(r.service_on, 'YYYY-MM') as month, 'exam' as what, abnormal as a,
          abnormal and id in (select parent_id from referral) as b
        from exam r where is_seen and ${during(months)}
        union all select to_char(r.service_on, 'YYYY-MM'), 'referral', id in (select parent_id from told), false
        from referral r where is_seen and ${during(months)}
        union all select to_char(ended, 'YYYY-MM'), 'due', exam.patient_id is not null, false
        from due left join (select distinct patient_id, visit_no from exam) exam
          on exam.patient_id = due.child_id and exam.visit_no = due.no
        where ended <= ${today}::date and ended >= ${`${months.since}-01`}::date
          and ended < ${`${months.until}-01`}::date + interval '1 month')
    select month, count(*) filter (where what = 'exam') as exams, count(*) filter (where what = 'exam' and a) as abnormal,
      count(*) filter (where b) as referred, count(*) filter (where what = 'referral') as referrals,
      count(*) filter (where what = 'referral' and a) as diagnosed, count(*) filter (where what = 'due') as due,
      count(*) filter (where what = 'due' and a) as attended
    from one group by month`;
}

/** Women to be guided, each once a pregnancy, trimester and unit, and those that unit uploaded guidance of. */
export function coverage(scope: Scope, months: Months): RawBuilder<unknown> {
  return sql`
    with visit as (
      select r.patient_id, g.trimester, r.unit_code, r.service_on, r.no,
        (select one.id from pregnancy one where one.mother_id = r.patient_id and (one.id = r.pregnancy_id
          or (r.pregnancy_id is null and r.service_on between one.edc - 280 and one.edc + 21))
          order by one.edc limit 1) as pregnancy_id
      from record r join edu_registration g on g.record_id = r.id
      where r.kind = 'edu-registration' and r.state not in ('draft', 'rejected') and g.trimester in ('first', 'third')
        and ${withinScope(scope)} and ${during(months)}),
    uploaded as (
      select distinct r.patient_id, r.pregnancy_id, r.unit_code, done.trimester
      from record r join edu_record done on done.record_id = r.id where r.kind = 'edu-record' and r.state <> 'draft')
    select month, count(*) as eligible, count(*) filter (where is_covered) as covered from (
      select to_char(min(v.service_on), 'YYYY-MM') as month, exists (select from uploaded e
        where e.patient_id = v.patient_id and e.pregnancy_id = v.pregnancy_id and e.trimester = v.trimester
          and e.unit_code = v.unit_code) as is_covered
      from visit v group by v.patient_id, v.pregnancy_id, v.trimester, v.unit_code) guided
    group by month`;
}

/** Every record a settlement holds, with its price. */
export function settlementLines(scope: Scope, { since, until }: Months): RawBuilder<unknown> {
  return sql`
    with held as (
      select settlement_id, record_id, 'intake' as item from hr_intake where settlement_id is not null
      union all select settlement_id, record_id, case when contact_mode = 'home' then 'home_visit' else 'contact' end
      from hr_contact where settlement_id is not null
      union all select settlement_id, record_id, 'postpartum' from hr_postpartum where settlement_id is not null)
    select held.record_id::text as id, 'maternal/high-risk/settlement/' || r.no as record, b.month, held.item,
      o.service_on::text as done_on, p.name as person,
      (select own.case_no from hr_case own join record k on k.id = own.record_id
        where k.id = o.parent_id or (held.item = 'intake' and k.parent_id = o.id)) as case_no,
      case held.item when 'intake' then b.price_intake when 'contact' then b.price_contact
        when 'home_visit' then b.price_home_visit else b.price_postpartum end as price
    from held join hr_settlement b on b.record_id = held.settlement_id join record r on r.id = b.record_id
      join record o on o.id = held.record_id left join patient p on p.id = o.patient_id
    where r.kind = 'hr-settlement' and ${withinScope(scope)} and b.month between ${since} and ${until}`;
}

const nobody = (kind: string): RawBuilder<unknown> =>
  sql`not exists (select from record c where c.parent_id = r.id and c.kind = ${kind} and c.state <> 'draft')`;

/** How much waits by the to-dos that are counted from lists and indexes alone. */
export const WAITING: Readonly<Record<string, (scope: Scope, today: string) => RawBuilder<unknown>>> = {
  T01: (scope, today) => sql`select r.id from record r join child_referral t on t.record_id = r.id
    where ${sent('child-referral', scope)} and r.state = 'submitted' and t.is_major and r.service_on <= ${today}::date - 1
      and ${nobody('child-diagnosis')}`,
  T21: (scope, today) => sql`select r.id from record r join child_referral t on t.record_id = r.id
    where ${sent('child-referral', scope)} and r.state = 'submitted' and t.reason_category = 'delay'
      and r.service_on < ${today}::date - 30 and ${nobody('child-diagnosis')}`,
  T22: (scope) =>
    sql`select r.id from record r where ${sent('child-tracking', scope)} and r.state = 'submitted'`,
};
