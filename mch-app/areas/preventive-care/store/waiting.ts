import { type RawBuilder, sql } from 'kysely';
import { askedInPassing, eachAwaiting, short } from '../../../records/index.ts';

/** Conditions on a list's envelope `r` and its own part: what is still to be done about a record. */

/** Days after which a child sent on for its development is waited for too long. */
const ASSESSED_WITHIN = 30;

/** An abnormal visit, or a screening that says to send on, and nobody did. */
export const unreferred = short(() => eachAwaiting('child-referral'));

/** A referral of which nobody has told what was found. */
export const undiagnosed = (): RawBuilder<unknown> => askedInPassing('child-diagnosis');

/** The same, of those sent on for this: few of those that wait. */
const undiagnosedOf = (sentOn: RawBuilder<unknown>): RawBuilder<unknown> => sql`r.id = any (array(
  select waiting.record_id from record_awaiting waiting join child_referral sent on sent.record_id = waiting.record_id
  where waiting.awaits = 'child-diagnosis' and ${sentOn}))`;

/** T01: sent on for a grave illness yesterday or before, and nobody has told what was found. */
export const majorUndiagnosed = short(
  (today) => sql`${undiagnosedOf(sql`sent.is_major`)} and r.service_on <= ${today}::date - 1`,
);

/** T21: sent on for its development more than thirty days ago, and not assessed. */
export const delayUnassessed = short(
  (today) => sql`${undiagnosedOf(sql`sent.reason_category = 'delay'`)}
    and r.service_on < ${today}::date - ${ASSESSED_WITHIN}::int`,
);
