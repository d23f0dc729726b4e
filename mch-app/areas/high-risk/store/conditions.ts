import { type RawBuilder, sql } from 'kysely';
import { stillAwaits } from '../../../records/index.ts';
import { REPLY_DAYS } from '../programme.ts';

/** A case that is not closed, whose next contact was to be before today. */
export const overdue = (today: string): RawBuilder<unknown> =>
  sql`part_own.case_status <> 'closed' and part_own.next_contact_on < ${today}`;

/** A case that is not closed though its time after birth is over. */
export const pastLimit = (today: string): RawBuilder<unknown> =>
  sql`part_own.case_status <> 'closed' and part_own.limit_on < ${today}`;

/** A submitted referral that nobody has replied to. */
export const withoutReply = (): RawBuilder<unknown> => stillAwaits('hr-reply');

/** One that has waited more than 14 days. */
export const replyOverdue = (today: string): RawBuilder<unknown> =>
  sql`${withoutReply()} and r.service_on < ${today}::date - ${REPLY_DAYS}::int`;

/** A postpartum assessment of a case whose day of delivery nobody has entered: it cannot be settled. */
export const withoutDelivery = (): RawBuilder<unknown> =>
  sql`r.state <> 'draft' and not exists (select 1 from hr_case c where c.record_id = r.parent_id
    and c.delivered_on is not null)`;

/** Contacts of this month, or of one before. */
export const monthIs =
  (ago: number) =>
  (today: string): RawBuilder<unknown> =>
    sql`r.service_on >= (date_trunc('month', ${today}::date) - make_interval(months => ${ago}::int))::date
      and r.service_on < (date_trunc('month', ${today}::date) - make_interval(months => ${ago - 1}::int))::date`;

/** A delivery that has fewer children entered than were born. */
export const childrenMissing = (): RawBuilder<unknown> =>
  sql`r.state <> 'draft' and part_own.born_count > (select count(*) from record child where child.parent_id = r.id
    and child.kind = 'hr-newborn' and child.state <> 'draft')`;
