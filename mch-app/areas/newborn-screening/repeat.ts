import {
  type RecordKind,
  choice,
  day,
  dayOf,
  defineRecord,
  derived,
  error,
  needed,
  stillToCome,
  text,
  when,
} from '../../records/index.ts';
import { askOfRepeat } from './store/specimens.ts';
import { repeatDue, repeatOverdue } from './store/waiting.ts';

/** Days within which a child that was called back is to come. */
const DAYS = 7;

/** Calling a child back for another specimen, and what came of it. */
export const REPEAT: RecordKind = defineRecord({
  key: 'nbs-repeat',
  path: 'child/newborn-screening/repeat',
  subject: 'parent',
  parent: 'nbs-lab',
  // the centre that asked for it learns what came of it
  assignedTo: 'parent',
  fields: {
    recall_date: needed(day()),
    due_on: derived(day(), ({ recall_date: from }) => {
      if (typeof from !== 'string') return null;
      return new Date(Date.parse(from) + DAYS * 86_400_000).toISOString().slice(0, 10);
    }),
    recall_result: needed(choice('resampled', 'refused', 'lost', 'died')),
    next_card_no: when('recall_result', ['resampled'], needed(text(14, /^[A-Z0-9]{8,14}$/))),
  },
  serviceDay: 'recall_date',
  list: ['due_on', 'recall_result', 'next_card_no'],
  filters: ['recall_result'],
  conditions: { due: repeatDue, overdue: repeatOverdue },
  asks: askOfRepeat,
  rules(values, { today, parent, known }) {
    const called = dayOf(values['recall_date']);
    const isBefore = called !== '' && called < dayOf(parent?.['report_date']);
    const isOther = typeof values['next_card_no'] === 'string' && known['is_next'] !== true;
    return [
      ...stillToCome(values, today, 'recall_date'),
      ...(isBefore ? [error('recall_date', 'before', { other: 'report_date' })] : []),
      ...(isOther ? [error('next_card_no', 'nbs_next')] : []),
      ...(parent?.['overall'] === 'normal' ? [error('', 'nbs_no_repeat')] : []),
    ];
  },
});
