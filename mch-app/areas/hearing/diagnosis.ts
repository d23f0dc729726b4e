import {
  type Finding,
  type RecordKind,
  type Values,
  choice,
  day,
  dayOf,
  defineRecord,
  error,
  flags,
  needed,
  stillToCome,
  when,
  whole,
} from '../../records/index.ts';
import { overallOf } from './policy.ts';
import { isReferredHere, withLossUntracked } from './store/conditions.ts';

const TESTS = ['abr', 'assr', 'dpoae', 'tympanometry'] as const;

const decibels = (test: (typeof TESTS)[number]) => when('tests', [test], whole(0, 120));
const degree = () =>
  needed(choice('normal', 'mild', 'moderate', 'moderately_severe', 'severe', 'profound', 'neuropathy'));

/** What the confirming hospital found in a child that was referred to it. */
export const DIAGNOSIS: RecordKind = defineRecord({
  key: 'hearing-diagnosis',
  path: 'child/hearing/diagnosis',
  subject: 'parent',
  parent: 'hearing-screening',
  onePerParent: true,
  fields: {
    diag_date: needed(day()),
    tests: flags(...TESTS),
    abr_right: decibels('abr'),
    abr_left: decibels('abr'),
    assr_right: decibels('assr'),
    assr_left: decibels('assr'),
    dpoae_right: decibels('dpoae'),
    dpoae_left: decibels('dpoae'),
    tympanometry_right: decibels('tympanometry'),
    tympanometry_left: decibels('tympanometry'),
    right: degree(),
    left: degree(),
    type: choice('sensorineural', 'conductive', 'mixed'),
    onset: choice('congenital', 'delayed', 'unknown'),
    genetic: choice('found', 'not_found', 'not_done'),
    plan: flags('aid', 'implant', 'observe'),
  },
  serviceDay: 'diag_date',
  list: ['right', 'left', 'type', 'plan'],
  filters: ['right', 'left', 'type'],
  conditions: { untracked: withLossUntracked },
  changeCategory: 'child_diagnosis',
  asks: isReferredHere,
  rules: (values, { today, parent, known }) => [
    ...stillToCome(values, today, 'diag_date'),
    ...afterScreening(values, parent),
    ...(parent && overallOf(parent) !== 'fail' ? [error('', 'hearing_not_failed')] : []),
    ...(known['is_here'] === false ? [error('', 'hearing_not_referred')] : []),
    ...measured(values),
  ],
});

function afterScreening(values: Values, parent: Values | undefined): Finding[] {
  const [found, screened] = [dayOf(values['diag_date']), dayOf(parent?.['screened_at'])];
  return found !== '' && found < screened ? [error('diag_date', 'before', { other: 'screened_at' })] : [];
}

/** A test that was made says something of one ear at least. */
function measured(values: Values): Finding[] {
  const made = values['tests'];
  return TESTS.filter(
    (test) =>
      Array.isArray(made) &&
      made.includes(test) &&
      values[`${test}_right`] === null &&
      values[`${test}_left`] === null,
  ).map((test) => error(`${test}_right`, 'hearing_decibels'));
}
