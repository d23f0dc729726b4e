import {
  type RecordKind,
  area,
  choice,
  day,
  defineRecord,
  error,
  needed,
  stillToCome,
} from '../../records/index.ts';
import { notBefore } from './fields.ts';

/** What a health station or bureau learned of a child sent on, or found abnormal. */
export const TRACKING: RecordKind = defineRecord({
  key: 'child-tracking',
  path: 'child/preventive-care/tracking',
  subject: 'parent',
  parent: 'child-referral',
  otherParents: ['child-exam', 'child-development'],
  fields: {
    track_date: needed(day()),
    mode: needed(choice('visit', 'phone', 'video', 'letter', 'other')),
    findings: needed(area(1000)),
    child_status: needed(choice('attended', 'not_attended', 'in_therapy', 'closed')),
    next_date: day(),
  },
  serviceDay: 'track_date',
  list: ['mode', 'child_status', 'next_date'],
  filters: ['child_status', 'mode'],
  changeCategory: 'tracking',
  approvedCategory: 'tracking_approval',
  isReviewed: true,
  approvalNeedsNote: true,
  rules: (values, { today, parent }) => [
    ...stillToCome(values, today, 'track_date'),
    ...notBefore(values, 'track_date', 'refer_date', parent),
    ...(typeof values['next_date'] === 'string' && values['next_date'] <= String(values['track_date'])
      ? [error('next_date', 'next_not_after')]
      : []),
  ],
});

/** The same records, where the bureau approves them. */
export const APPROVAL: RecordKind = { ...TRACKING, path: 'child/preventive-care/tracking-approval' };
