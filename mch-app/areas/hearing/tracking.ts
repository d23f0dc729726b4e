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
  needed,
  stillToCome,
  text,
} from '../../records/index.ts';
import { isLoss } from './policy.ts';

/** What the health station learnt of a child's device and training; the bureau approves it. */
export const TRACKING: RecordKind = defineRecord({
  key: 'hearing-tracking',
  path: 'child/hearing/tracking',
  subject: 'parent',
  parent: 'hearing-diagnosis',
  fields: {
    date: needed(day()),
    device_date: day(),
    device: choice('aid', 'implant', 'bone_conduction', 'other'),
    intervention_start: day(),
    agency: text(100),
    content: needed(area(1000)),
  },
  serviceDay: 'date',
  list: ['device_date', 'device', 'intervention_start', 'agency'],
  filters: ['device'],
  lock: 'LK2',
  isReviewed: true,
  changeCategory: 'tracking',
  approvedCategory: 'tracking_approval',
  rules: (values, { today, parent }) => [
    ...stillToCome(values, today, 'date', 'device_date', 'intervention_start'),
    ...(parent ? sinceDiagnosis(values, parent) : []),
    ...(parent && !isLoss(parent) && parent['plan'] === null ? [error('', 'hearing_nothing_to_track')] : []),
    ...(values['device_date'] !== null && values['device'] === null ? [error('device', 'needed')] : []),
  ],
});

function sinceDiagnosis(values: Values, parent: Values): Finding[] {
  const found = dayOf(parent['diag_date']);
  return ['date', 'device_date', 'intervention_start']
    .filter((name) => dayOf(values[name]) !== '' && dayOf(values[name]) < found)
    .map((name) => error(name, 'before', { other: 'diag_date' }));
}
