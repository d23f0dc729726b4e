import {
  type RecordKind,
  type Value,
  type Values,
  choice,
  day,
  dayOf,
  defineRecord,
  derived,
  error,
  moment,
  needed,
  stillToCome,
  text,
  unit,
  warning,
  whole,
  yesNo,
} from '../../records/index.ts';
import { askOfSpecimen, takeCard } from './store/specimens.ts';
import { withoutFinding } from './store/waiting.ts';

const HOUR_MS = 3_600_000;
const EARLIEST_HOURS = 24;
const USUAL_HOURS = 48;
const SUBSIDISED_DAYS = 30;

/** NT$: what the programme pays and what is left to the family. */
const FEE = 550;
const GENERAL_SUBSIDY = 200;

/** What the government pays for a specimen of this kind of subsidy. */
function subsidyOf({ subsidy_type: type }: Values): Value {
  if (type === null || type === undefined) return null;
  return type === 'none' ? 0 : type === 'general' ? GENERAL_SUBSIDY : FEE;
}

/** A specimen of heel blood on a filter card, sent to a screening centre. */
export const SPECIMEN: RecordKind = defineRecord({
  key: 'nbs-specimen',
  path: 'child/newborn-screening/specimens',
  importAt: 'child/newborn-screening/specimen-import',
  subject: 'parent',
  parent: 'nbs-birth',
  fields: {
    filter_card_no: needed(text(14, /^[A-Z0-9]{8,14}$/)),
    seq: needed(whole(1, 4)),
    collected_at: needed(moment()),
    collector: needed(text(50)),
    center: needed(unit()),
    mailed_date: day(),
    consent: needed(yesNo()),
    subsidy_type: needed(choice('general', 'low_income', 'shortage_area', 'none')),
    subsidy_amount: derived(whole(0, FEE), subsidyOf),
    family_amount: derived(whole(0, FEE), (values) => {
      const paid = subsidyOf(values);
      return typeof paid === 'number' ? FEE - paid : null;
    }),
  },
  serviceDay: 'collected_at',
  assignedTo: 'center',
  list: ['filter_card_no', 'seq', 'center', 'mailed_date', 'subsidy_type'],
  filters: ['center', 'subsidy_type'],
  conditions: { without_finding: withoutFinding },
  uniqueBy: ({ seq }) => (typeof seq === 'number' ? `seq-${seq}` : undefined),
  asks: askOfSpecimen,
  follows: takeCard,
  rules(values, { today, now, subject, parent, known }) {
    const { collected_at: taken, seq, mailed_date: mailed, subsidy_type: subsidy } = values;
    const found = stillToCome(values, today, 'mailed_date');
    if (taken instanceof Date && taken > now) found.push(error('collected_at', 'future'));
    if (taken instanceof Date && subject?.birthAt) {
      const hours = (taken.getTime() - subject.birthAt.getTime()) / HOUR_MS;
      const isSubsidised = subsidy !== 'none' && subsidy !== null;
      if (hours < EARLIEST_HOURS) found.push(error('collected_at', 'nbs_too_early'));
      else if (hours < USUAL_HOURS) found.push(warning('collected_at', 'nbs_early'));
      else if (hours > SUBSIDISED_DAYS * 24 && isSubsidised) found.push(error('subsidy_type', 'nbs_late'));
    }
    if (typeof mailed === 'string' && mailed < dayOf(taken)) {
      found.push(error('mailed_date', 'before', { other: 'collected_at' }));
    }
    if (values['consent'] === false) found.push(error('consent', 'nbs_consent'));
    if (parent?.['not_screened_reason'] === 'died') found.push(error('', 'nbs_died'));
    if (known['card_taken'] === true) found.push(error('filter_card_no', 'nbs_card'));
    if (typeof seq === 'number' && seq > 1 && known['has_previous'] === false) {
      found.push(error('seq', 'nbs_seq'));
    }
    if (subsidy !== 'none' && known['is_subsidised'] === true) {
      found.push(warning('subsidy_type', 'nbs_subsidised'));
    }
    return found;
  },
});
