import {
  type RecordKind,
  type Value,
  choice,
  day,
  dayOf,
  daysBetween,
  defineRecord,
  derived,
  flags,
  needed,
  stillToCome,
  text,
  warning,
  whole,
} from '../../../records/index.ts';
import { EPDS_HIGH, THIRD_STAGE } from '../programme.ts';
import { writtenInCase } from '../service/on-case.ts';
import { pregnancyOfCase } from '../store/asks.ts';

export const DOMAINS = [
  'physical',
  'psychological',
  'social_support',
  'economic',
  'housing',
  'violence_risk',
  'substance',
] as const;
const GRADES = ['none', 'low', 'medium', 'high'] as const;
const grade = () => needed(choice(...GRADES));

const highest = (values: readonly (Value | undefined)[]): Value =>
  GRADES.findLast((one) => values.includes(one)) ?? null;

/** What she needs at a stage: seven domains graded, and the highest of them as the risk of the case. */
export const ASSESSMENT: RecordKind = defineRecord({
  key: 'hr-assessment',
  path: 'maternal/high-risk/assessments',
  subject: 'parent',
  parent: 'hr-case',
  fields: {
    assess_date: needed(day()),
    stage: needed(choice('first', 'third_trimester', 'postpartum')),
    physical: grade(),
    psychological: grade(),
    epds: whole(0, 30),
    social_support: grade(),
    economic: grade(),
    housing: grade(),
    violence_risk: grade(),
    substance: grade(),
    needs: flags(
      'medical',
      'nutrition',
      'counselling',
      'welfare',
      'lodging',
      'childcare',
      'cessation',
      'protection',
    ),
    assessor: needed(text(50)),
    risk_level: derived(choice(...GRADES), (values) => highest(DOMAINS.map((domain) => values[domain]))),
  },
  serviceDay: 'assess_date',
  list: ['stage', 'epds', 'risk_level', 'assessor'],
  filters: ['stage', 'risk_level'],
  asks: (_values, about) => pregnancyOfCase(about),
  rules(values, { today, parent, known }) {
    const on = dayOf(values['assess_date']);
    const edc = known['edc'];
    const days = typeof edc === 'string' && on !== '' ? 280 - daysBetween(on, edc) : undefined;
    const isEarly = values['stage'] === 'third_trimester' && days !== undefined && days < THIRD_STAGE;
    const delivered = dayOf(parent?.['delivered_on']);
    const isBeforeBirth = values['stage'] === 'postpartum' && (delivered === '' || on < delivered);
    const isGrave = Number(values['epds'] ?? 0) >= EPDS_HIGH && values['psychological'] !== 'high';
    return [
      ...stillToCome(values, today, 'assess_date'),
      ...(isEarly ? [warning('stage', 'hr_third')] : []),
      ...(isBeforeBirth ? [warning('stage', 'hr_not_delivered')] : []),
      ...(isGrave ? [warning('psychological', 'hr_epds', { score: EPDS_HIGH })] : []),
    ];
  },
  follows: writtenInCase,
});
