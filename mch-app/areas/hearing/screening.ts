import {
  CHILD,
  type Facts,
  type Finding,
  type RecordKind,
  type Values,
  choice,
  dayOf,
  defineRecord,
  derived,
  error,
  flags,
  moment,
  needed,
  text,
  unit,
  warning,
  yesNo,
} from '../../records/index.ts';
import { monthsAfter, overallOf } from './policy.ts';

const HOUR_MS = 3_600_000;
/** Hours after birth from which a screening is worth something, first and again. */
const FROM = { first: 24, repeat: 36 };

/** A screening of both ears, the first or the one that is made again where that failed. */
export const SCREENING: RecordKind = defineRecord({
  key: 'hearing-screening',
  path: 'child/hearing/screening',
  importAt: 'child/hearing/import',
  subject: 'child',
  blocks: [CHILD],
  fields: {
    stage: needed(choice('first', 'repeat')),
    screened_at: needed(moment()),
    method: choice('aabr', 'oae'),
    right_ear: needed(choice('pass', 'fail', 'untested')),
    left_ear: needed(choice('pass', 'fail', 'untested')),
    overall: derived(choice('pass', 'fail', 'incomplete'), overallOf),
    risk_factors: flags(
      'family',
      'nicu',
      'exchange_transfusion',
      'congenital_infection',
      'craniofacial',
      'ototoxic',
      'meningitis',
    ),
    refusal: text(200),
    refer_to: unit(),
    subsidy: yesNo(),
  },
  serviceDay: 'screened_at',
  assignedTo: 'refer_to',
  list: ['stage', 'method', 'right_ear', 'left_ear', 'overall', 'subsidy'],
  filters: ['stage', 'overall', 'subsidy'],
  // the State pays once for a child
  uniqueBy: ({ subsidy }) => (subsidy === true ? 'subsidy' : undefined),
  rules: (values, facts) => [...timeOf(values, facts), ...resultOf(values), ...subsidyOf(values, facts)],
});

function timeOf({ stage, screened_at: at }: Values, { now, subject }: Facts): Finding[] {
  if (!(at instanceof Date)) return [];
  if (at > now) return [error('screened_at', 'future')];
  const born = subject?.birthAt;
  if (!born) return [];
  if (at < born) return [error('screened_at', 'before', { other: 'birth_at' })];
  const hours = (at.getTime() - born.getTime()) / HOUR_MS;
  if (hours < FROM.first) return [warning('screened_at', 'hearing_early', { hours: FROM.first })];
  if (stage !== 'repeat') return [];
  const isLate = dayOf(at) > monthsAfter(dayOf(born), 1);
  return hours < FROM.repeat || isLate ? [warning('screened_at', 'hearing_repeat_time')] : [];
}

function resultOf(values: Values): Finding[] {
  const { stage, method, right_ear: right, left_ear: left, refusal, refer_to: referred } = values;
  const isTested = right !== 'untested' || left !== 'untested';
  const hasFailed = overallOf(values) === 'fail';
  return [
    ...(isTested && method === null ? [error('method', 'needed')] : []),
    ...(!isTested && refusal === null ? [error('refusal', 'hearing_untested')] : []),
    ...(stage === 'repeat' && hasFailed && referred === null ? [error('refer_to', 'hearing_refer')] : []),
    // whoever is named there sees the child's record
    ...(!hasFailed && referred !== null ? [error('refer_to', 'hearing_refer_passed')] : []),
  ];
}

function subsidyOf(values: Values, { subject }: Facts): Finding[] {
  if (values['subsidy'] !== true) return [];
  if (values['right_ear'] === 'untested' && values['left_ear'] === 'untested') {
    return [error('subsidy', 'hearing_subsidy_untested')];
  }
  const born = subject?.birthDate ?? '';
  const isLate = born !== '' && dayOf(values['screened_at']) > monthsAfter(born, 3);
  return isLate ? [error('subsidy', 'hearing_subsidy_late', { months: 3 })] : [];
}
