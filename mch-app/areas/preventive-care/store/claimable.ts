import { type RawBuilder, sql } from 'kysely';
import type { Scope } from '../../../records/index.ts';

/** What each referral brings whose outcome is known, in NT$. */
export const REFERRAL_BONUS = 250;

/** An outcome that completes a referral. */
const COMPLETE = sql`in ('confirmed', 'excluded')`;

/** A submitted record nobody holds open, whose service is no more than six months ago. */
const claimedInTime = (today: string): RawBuilder<unknown> =>
  sql`r.state = 'submitted' and (r.unlocked_until is null or r.unlocked_until < now())
    and (r.service_on + interval '6 months')::date >= ${today}::date
    and r.service_on >= (${today}::date - interval '6 months')::date - 3`; // the same for an index; months differ in length

/** Referrals `x` whose outcome was told before a day, unclaimed. */
export const bonusOpen = (today: string, before: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`r.kind = 'child-referral' and x.claim_no is null and ${claimedInTime(today)}
    and exists (select 1 from record c join child_diagnosis d on d.record_id = c.id where c.parent_id = r.id
      and c.state <> 'draft' and d.diagnosis_result ${COMPLETE} and c.service_on < ${before})`;

/** Diagnoses `x` that complete a referral before a day, unclaimed; of several of one referral the first. */
export const feeOpen = (today: string, before: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`r.kind = 'child-diagnosis' and x.claim_no is null and ${claimedInTime(today)}
    and x.diagnosis_result ${COMPLETE} and r.service_on < ${before}
    and not exists (select 1 from record o join child_diagnosis d on d.record_id = o.id where o.parent_id = r.parent_id
      and o.kind = 'child-diagnosis' and o.state <> 'draft' and d.diagnosis_result ${COMPLETE} and o.no < r.no)`;

/** The day after the last of a month. */
export const afterMonth = (month: string): RawBuilder<unknown> =>
  sql`(${`${month}-01`}::date + interval '1 month')::date`;

/** How many referrals and diagnoses a unit may claim with a month. */
export function claimable(unitCode: string, month: string, today: string): RawBuilder<unknown> {
  if (!/^\d{4}-\d\d$/.test(month)) return sql`select 0 as bonuses, 0 as fees`;
  const before = afterMonth(month);
  return sql`select
    (select count(*)::int from record r join child_referral x on x.record_id = r.id
      where r.unit_code = ${unitCode} and ${bonusOpen(today, before)}) as bonuses,
    (select count(*)::int from record r join child_diagnosis x on x.record_id = r.id
      where r.unit_code = ${unitCode} and ${feeOpen(today, before)}) as fees`;
}

/** What a claim was made of. */
export function claimed(no: number): RawBuilder<unknown> {
  const claim = sql`select x.fee_each from child_claim x join record c on c.id = x.record_id where c.no = ${no}`;
  return sql`
    select 'bonus' as item, r.no::text as record, r.service_on::text as service_on, p.name as person, p.id_hint,
      null as diagnosis_result, ${REFERRAL_BONUS}::int as amount
    from child_referral x join record r on r.id = x.record_id left join patient p on p.id = r.patient_id
    where x.claim_no = ${String(no)}
    union all
    select 'fee', r.no::text, r.service_on::text, p.name, p.id_hint, x.diagnosis_result, (${claim})
    from child_diagnosis x join record r on r.id = x.record_id left join patient p on p.id = r.patient_id
    where x.claim_no = ${String(no)}
    order by 1, 3, 2`;
}

/** To a unit of its own, its own; to whoever looks after others, all in sight. */
const own = (scope: Scope): RawBuilder<unknown> =>
  scope.kind === 'own' ? sql`r.unit_code = ${scope.unitCode}` : sql`true`;

/** T02 of who sends on: a list's referrals whose bonus nobody has claimed yet. */
export const bonusUnclaimed = (today: string, _now: Date, scope: Scope): RawBuilder<unknown> =>
  sql`${own(scope)} and r.id in (select x.record_id from child_referral x
    where x.record_id = r.id and ${bonusOpen(today, sql`${today}::date + 1`)})`;

/** T02 of who diagnoses: a list's diagnoses whose fee nobody has claimed yet. */
export const feeUnclaimed = (today: string, _now: Date, scope: Scope): RawBuilder<unknown> =>
  sql`${own(scope)} and r.id in (select x.record_id from child_diagnosis x
    where x.record_id = r.id and ${feeOpen(today, sql`${today}::date + 1`)})`;
