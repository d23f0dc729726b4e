import {
  type RecordKind,
  area,
  choice,
  day,
  dayOf,
  defineRecord,
  error,
  needed,
  stillToCome,
  text,
} from '../../../records/index.ts';
import { replied, writtenInCase } from '../service/on-case.ts';
import { replyOverdue, withoutReply } from '../store/conditions.ts';

/** Where she was referred to, and why. */
export const REFERRAL: RecordKind = defineRecord({
  key: 'hr-referral',
  path: 'maternal/high-risk/referrals',
  subject: 'parent',
  parent: 'hr-case',
  fields: {
    ref_date: needed(day()),
    target: needed(
      choice('medical', 'welfare', 'psychological', 'cessation', 'violence', 'early_intervention', 'other'),
    ),
    org: text(100),
    reason: needed(area(500)),
  },
  serviceDay: 'ref_date',
  list: ['target', 'org'],
  filters: ['target'],
  conditions: { without_reply: withoutReply, reply_overdue: replyOverdue },
  rules: (values, { today }) => stillToCome(values, today, 'ref_date'),
  follows: writtenInCase,
});

/** What came back of a referral. */
export const REPLY: RecordKind = defineRecord({
  key: 'hr-reply',
  path: 'maternal/high-risk/replies',
  subject: 'parent',
  parent: 'hr-referral',
  onePerParent: true,
  fields: {
    reply_date: needed(day()),
    reply_result: needed(choice('accepted', 'finished', 'not_accepted', 'not_come')),
    reply_note: area(500),
  },
  serviceDay: 'reply_date',
  list: ['reply_result'],
  filters: ['reply_result'],
  rules(values, { today, parent }) {
    const isBefore = dayOf(values['reply_date']) < dayOf(parent?.['ref_date']);
    return [
      ...stillToCome(values, today, 'reply_date'),
      ...(isBefore && dayOf(values['reply_date']) !== ''
        ? [error('reply_date', 'before', { other: 'ref_date' })]
        : []),
    ];
  },
  follows: replied,
});
