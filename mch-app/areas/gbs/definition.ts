import {
  MOTHER,
  PREGNANCY,
  type RecordKind,
  area,
  choice,
  contactOf,
  day,
  defineRecord,
  error,
  flags,
  needed,
  pregnancyRules,
  stillToCome,
  text,
  unit,
  warning,
  weeks,
  whole,
  yesNo,
} from '../../records/index.ts';
import { withoutFollowUp, withoutResult } from './store.ts';

const USUAL = { from: 35 * 7, before: 38 * 7 };

/** A specimen, registered by the antenatal clinic and sent to a laboratory. */
export const SPECIMEN: RecordKind = defineRecord({
  key: 'gbs-specimen',
  path: 'maternal/gbs/specimens',
  subject: 'mother',
  blocks: [MOTHER, PREGNANCY],
  fields: {
    sample_date: needed(day()),
    gest_days: needed(weeks(22, 42)),
    early_reason: choice('preterm_admission', 'other'),
    sites: flags('vagina', 'rectum'),
    lab_unit: needed(unit()),
    citizen_basis: needed(choice('citizen', 'spouse')),
    low_income: yesNo(),
    charge_amount: whole(0, 3000),
  },
  serviceDay: 'sample_date',
  assignedTo: 'lab_unit',
  list: ['gest_days', 'lab_unit'],
  filters: ['citizen_basis'],
  conditions: { without_result: withoutResult },
  uniqueBy: () => 'once',
  rules(values, { today }) {
    const days = values['gest_days'];
    const isUsual = typeof days !== 'number' || (days >= USUAL.from && days < USUAL.before);
    return [
      ...stillToCome(values, today, 'sample_date'),
      ...contactOf(values),
      ...pregnancyRules(values),
      ...(isUsual || values['early_reason'] !== null ? [] : [warning('gest_days', 'gbs_weeks')]),
    ];
  },
});

/** What the laboratory found. */
export const RESULT: RecordKind = defineRecord({
  key: 'gbs-result',
  path: 'maternal/gbs/results',
  importAt: 'maternal/gbs/import',
  subject: 'parent',
  parent: 'gbs-specimen',
  onePerParent: true,
  fields: {
    result: needed(choice('negative', 'positive', 'rejected')),
    report_date: needed(day()),
    method: choice('culture', 'pcr'),
    susceptibility: flags('penicillin', 'ampicillin', 'cefazolin', 'clindamycin', 'vancomycin'),
    lab_tech: text(50),
  },
  serviceDay: 'report_date',
  assignedTo: 'parent',
  list: ['result', 'method'],
  filters: ['result'],
  conditions: { without_follow_up: withoutFollowUp },
  rules(values, { today, parent }) {
    const reported = values['report_date'];
    const sampled = parent?.['sample_date'];
    const isBefore = typeof reported === 'string' && typeof sampled === 'string' && reported < sampled;
    return [
      ...stillToCome(values, today, 'report_date'),
      ...(isBefore ? [error('report_date', 'before', { other: 'sample_date' })] : []),
    ];
  },
});

/** What became of a mother found positive, and of her child. */
export const POSITIVE: RecordKind = defineRecord({
  key: 'gbs-positive',
  path: 'maternal/gbs/positives',
  subject: 'parent',
  parent: 'gbs-result',
  onePerParent: true,
  fields: {
    followed_on: needed(day()),
    intrapartum_antibiotic: needed(choice('yes', 'no', 'caesarean', 'unknown')),
    delivery_date: day(),
    newborn_outcome: choice('healthy', 'suspected', 'early_onset'),
    note: area(500),
  },
  serviceDay: 'followed_on',
  list: ['intrapartum_antibiotic', 'newborn_outcome'],
  filters: ['newborn_outcome'],
  lock: 'LK4',
  isClosed: true,
  rules: (values, { today, parent }) => [
    ...stillToCome(values, today, 'followed_on', 'delivery_date'),
    ...(parent && parent['result'] !== 'positive' ? [error('', 'gbs_not_positive')] : []),
  ],
});
