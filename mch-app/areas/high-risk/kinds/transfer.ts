import {
  type Finding,
  type RecordKind,
  type Values,
  area,
  choice,
  day,
  dayOf,
  defineRecord,
  error,
  given,
  needed,
  stillToCome,
  text,
  unit,
  when,
} from '../../../records/index.ts';
import { LOST_TIMES } from '../programme.ts';
import { handOver } from '../service/hand-over.ts';
import { lostContacts } from '../store/asks.ts';

const transfer = (of: ReturnType<typeof day>) => when('handover', ['transfer'], of);
const close = (of: ReturnType<typeof day>) => when('handover', ['close'], of);

/** A case given to another unit, which takes it or sends it back; or closed, for a reason. */
export const TRANSFER: RecordKind = defineRecord({
  key: 'hr-transfer',
  path: 'maternal/high-risk/transfer-close',
  subject: 'parent',
  parent: 'hr-case',
  fields: {
    handover: needed(choice('transfer', 'close')),
    close_date: needed(day()),
    from_unit: given(unit()),
    to_unit: transfer(needed(unit())),
    transfer_reason: transfer(needed(area(300))),
    close_reason: close(
      needed(choice('completed', 'moved', 'lost', 'refused', 'pregnancy_loss', 'died', 'other')),
    ),
    outcome: close(area(500)),
    received_by: given(text(50)),
  },
  serviceDay: 'close_date',
  assignedTo: 'to_unit',
  list: ['handover', 'from_unit', 'to_unit', 'close_reason'],
  filters: ['handover', 'close_reason'],
  lock: 'LK4',
  isReviewed: true,
  reviewedBy: 'assigned',
  asks: (_values, about) => lostContacts(about),
  rules(values, { today, parent, known }) {
    const on = dayOf(values['close_date']);
    const opened = dayOf(parent?.['opened_on']);
    return [
      ...stillToCome(values, today, 'close_date'),
      ...(on !== '' && on < opened ? [error('close_date', 'before', { other: 'opened_on' })] : []),
      ...closingRules(values, parent ?? {}, Number(known['lost'] ?? 0)),
    ];
  },
  follows: handOver,
});

/** What must have been before a case is closed for a reason. */
function closingRules(values: Values, held: Values, lost: number): Finding[] {
  const limit = dayOf(held['limit_on']);
  switch (values['close_reason']) {
    case 'completed':
      return limit === '' || dayOf(values['close_date']) < limit ? [error('close_reason', 'hr_not_due')] : [];
    case 'lost':
      return lost < LOST_TIMES ? [error('close_reason', 'hr_lost', { times: LOST_TIMES })] : [];
    case 'other':
      return values['outcome'] === null ? [error('outcome', 'needed')] : [];
    default:
      return [];
  }
}
