import { type RawBuilder, sql } from 'kysely';
import { eachAwaiting, short, stillAwaits } from '../../../records/index.ts';

/** What waits: conditions on a list's envelope `r`, its own table `part_own` and its person `p`. Drafts settle nothing. */

const HOURS_UNTIL_TAKEN = 72;
const DAYS_UNTIL_REPEATED = 7;

/** A child past its third day whose specimen nobody has taken, and whom nobody has given a reason not to take it of. */
export function withoutSpecimen(_today: string, now: Date): RawBuilder<unknown> {
  const due = new Date(now.getTime() - HOURS_UNTIL_TAKEN * 3_600_000);
  return sql`${eachAwaiting('nbs-specimen')} and p.birth_at < ${due}
    and (part_own.not_screened_reason is null or part_own.transfer_unit is not null)
    and not exists (select 1 from record taken where taken.patient_id = r.patient_id
      and taken.kind = 'nbs-specimen' and taken.state <> 'draft')`;
}

/** A specimen of which its centre has reported nothing. */
export const withoutFinding = (): RawBuilder<unknown> => stillAwaits('nbs-lab');

/** To be taken again, reported more than seven days ago, and not taken; whoever refused or died is waited for no more. */
export const withoutRepeat = short(
  (today) =>
    sql`${eachAwaiting('nbs-repeat')} and part_own.report_date < ${today}::date - ${DAYS_UNTIL_REPEATED}::int`,
);

/** To be confirmed, and no confirming hospital has said what it is. */
export function withoutDiagnosis(): RawBuilder<unknown> {
  return sql`part_own.overall = 'confirm' and not exists (
    select 1 from record referral join record d on d.parent_id = referral.id and d.kind = 'nbs-diagnosis'
      and d.state <> 'draft' where referral.parent_id = r.id and referral.kind = 'nbs-referral')`;
}

/** To be confirmed, and nobody has been asked to. */
export function withoutReferral(): RawBuilder<unknown> {
  return sql`part_own.overall = 'confirm' and not exists (select 1 from record referral
    where referral.parent_id = r.id and referral.kind = 'nbs-referral' and referral.state <> 'draft')`;
}

/** A referral nobody has answered. */
export function referralWithoutDiagnosis(): RawBuilder<unknown> {
  return sql`not exists (select 1 from record d where d.parent_id = r.id and d.kind = 'nbs-diagnosis'
    and d.state <> 'draft')`;
}

/** A child called back that may still come, and has not. */
export function repeatDue(today: string): RawBuilder<unknown> {
  return sql`part_own.due_on >= ${today}::date and ${stillAwaited}`;
}

/** A child called back that should have come by now, and has not. */
export function repeatOverdue(today: string): RawBuilder<unknown> {
  return sql`part_own.due_on < ${today}::date and ${stillAwaited}`;
}

const stillAwaited = sql`coalesce(part_own.recall_result, 'lost') = 'lost' and not exists (
  select 1 from record finding join nbs_specimen own on own.record_id = finding.parent_id
    join record later on later.patient_id = r.patient_id and later.kind = 'nbs-specimen' and later.state <> 'draft'
    join nbs_specimen next on next.record_id = later.id and next.seq > own.seq
  where finding.id = r.parent_id)`;
