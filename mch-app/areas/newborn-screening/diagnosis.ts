import {
  type RecordKind,
  area,
  choice,
  day,
  dayOf,
  defineRecord,
  error,
  flags,
  needed,
  stillToCome,
  text,
  unit,
  warning,
  when,
} from '../../records/index.ts';
import { ITEMS } from './items.ts';
import { askOfReferral } from './store/specimens.ts';
import { referralWithoutDiagnosis } from './store/waiting.ts';

/** A child that must be confirmed, sent to a confirming hospital by the centre or the hospital that took the specimen. */
export const REFERRAL: RecordKind = defineRecord({
  key: 'nbs-referral',
  path: 'child/newborn-screening/diagnosis/referrals',
  subject: 'parent',
  parent: 'nbs-lab',
  liesWithParent: true,
  fields: {
    refer_date: needed(day()),
    referred_to: needed(unit()),
    suspected: needed(flags(...ITEMS)),
    note: area(500),
  },
  serviceDay: 'refer_date',
  assignedTo: 'referred_to',
  list: ['referred_to', 'suspected'],
  conditions: { without_diagnosis: referralWithoutDiagnosis },
  changeCategory: 'child_referral',
  uniqueBy: ({ referred_to: to, refer_date: day }) =>
    typeof to === 'string' && typeof day === 'string' ? `${to}-${day}` : undefined,
  asks: askOfReferral,
  rules(values, { today, parent, known }) {
    const day = dayOf(values['refer_date']);
    return [
      ...stillToCome(values, today, 'refer_date'),
      ...(day !== '' && day < dayOf(parent?.['report_date'])
        ? [error('refer_date', 'before', { other: 'report_date' })]
        : []),
      ...(parent && parent['overall'] !== 'confirm' ? [error('', 'nbs_not_confirm')] : []),
      ...(known['is_referred'] === true ? [warning('', 'nbs_referred')] : []),
    ];
  },
});

/** Outcomes that say on what day they were found. */
const CONCLUDED = ['confirmed', 'excluded', 'transient', 'observed'];

/** What the confirming hospital found. */
export const DIAGNOSIS: RecordKind = defineRecord({
  key: 'nbs-diagnosis',
  path: 'child/newborn-screening/diagnosis/results',
  subject: 'parent',
  parent: 'nbs-referral',
  onePerParent: true,
  // whoever referred the child learns of it
  assignedTo: 'parent',
  liesWithParent: true,
  fields: {
    diagnosis: needed(choice('confirmed', 'excluded', 'transient', 'observed', 'lost')),
    diag_date: when('diagnosis', CONCLUDED, needed(day())),
    disease: when('diagnosis', ['confirmed', 'transient', 'observed'], choice(...ITEMS, 'other')),
    icd10: when(
      'diagnosis',
      ['confirmed', 'transient', 'observed'],
      text(8, /^[A-TV-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?$/),
    ),
    treatment_start: when('diagnosis', ['confirmed', 'transient', 'observed'], day()),
    physician: text(50),
  },
  serviceDay: 'diag_date',
  list: ['diagnosis', 'disease', 'icd10', 'treatment_start'],
  filters: ['disease', 'diagnosis'],
  changeCategory: 'child_diagnosis',
  rules(values, { today, subject, parent }) {
    const [found, treated] = [dayOf(values['diag_date']), dayOf(values['treatment_start'])];
    const isConfirmed = values['diagnosis'] === 'confirmed';
    return [
      ...stillToCome(values, today, 'diag_date', 'treatment_start'),
      ...(found !== '' && found < dayOf(parent?.['refer_date'])
        ? [error('diag_date', 'before', { other: 'refer_date' })]
        : []),
      ...(treated !== '' && subject !== undefined && treated < subject.birthDate
        ? [error('treatment_start', 'before', { other: 'birth_at' })]
        : []),
      ...(isConfirmed && values['disease'] === null ? [error('disease', 'needed')] : []),
      ...(isConfirmed && values['icd10'] === null ? [error('icd10', 'needed')] : []),
    ];
  },
});
