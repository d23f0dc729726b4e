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
} from '../../records/index.ts';

/** A health station's word with a family that was not screened, called back or referred; the bureau approves it. */
export const TRACKING: RecordKind = defineRecord({
  key: 'nbs-tracking',
  path: 'child/newborn-screening/tracking',
  subject: 'parent',
  parent: 'nbs-birth',
  fields: {
    tracked_on: needed(day()),
    mode: needed(choice('phone', 'visit', 'letter', 'other')),
    status: needed(choice('screened', 'seen', 'not_seen', 'treated', 'lost', 'closed')),
    content: needed(area(1000)),
  },
  serviceDay: 'tracked_on',
  list: ['mode', 'status'],
  filters: ['status'],
  lock: 'LK2',
  isReviewed: true,
  changeCategory: 'tracking',
  approvedCategory: 'tracking_approval',
  rules: (values, { today, subject }) => [
    ...stillToCome(values, today, 'tracked_on'),
    ...(subject && dayOf(values['tracked_on']) !== '' && dayOf(values['tracked_on']) < subject.birthDate
      ? [error('tracked_on', 'before', { other: 'birth_at' })]
      : []),
  ],
});
