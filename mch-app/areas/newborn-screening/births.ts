import {
  CHILD,
  type RecordKind,
  choice,
  dayOf,
  defineRecord,
  error,
  moment,
  unit,
  when,
  yesNo,
} from '../../records/index.ts';
import { withoutSpecimen } from './store/waiting.ts';

/** The birth of a child, once: where specimens, hearing and preventive care begin. */
export const BIRTH: RecordKind = defineRecord({
  key: 'nbs-birth',
  path: 'child/newborn-screening/births',
  importAt: 'child/newborn-screening/birth-import',
  subject: 'child',
  blocks: [CHILD],
  fields: {
    feeding_start: moment(),
    nicu: yesNo(),
    transfusion: yesNo(),
    not_screened_reason: choice('refused', 'transferred', 'died', 'other'),
    transfer_unit: when('not_screened_reason', ['transferred'], unit()),
  },
  serviceDay: 'birth_at',
  // the hospital it was moved to takes the specimen
  assignedTo: 'transfer_unit',
  list: ['birth_weight', 'gestation_days', 'nicu', 'not_screened_reason'],
  filters: ['not_screened_reason', 'nicu'],
  conditions: { without_specimen: withoutSpecimen },
  birthNotice: (values) => ({ isAlive: values['not_screened_reason'] !== 'died' }),
  uniqueBy: () => 'once',
  rules(values, { now, subject }) {
    const fed = values['feeding_start'];
    if (!(fed instanceof Date)) return [];
    if (fed > now) return [error('feeding_start', 'future')];
    const isBefore = subject?.birthAt !== undefined && fed < subject.birthAt;
    return isBefore && dayOf(fed) !== '' ? [error('feeding_start', 'before', { other: 'birth_at' })] : [];
  },
});
