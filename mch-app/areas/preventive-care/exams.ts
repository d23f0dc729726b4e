import {
  CHILD,
  type RecordKind,
  type Value,
  type Values,
  area,
  choice,
  day,
  daysBetween,
  decimal,
  defineRecord,
  derived,
  flags,
  needed,
  stillToCome,
  warning,
  yesNo,
} from '../../records/index.ts';
import { DOMAINS, SYSTEMS, agedFor, finding, numbered } from './fields.ts';
import { type Measure, percentileOf } from './growth.ts';
import { unreferred } from './store/waiting.ts';
import { VISITS } from './windows.ts';

/** A percentile that follows from the child's sex, its age on the day, and what was measured. */
const percentile = (measure: Measure, field: string) =>
  derived(decimal(0, 100), (values, subject) => {
    const { exam_date: on, [field]: value } = values;
    if (!subject?.birthDate || typeof on !== 'string' || typeof value !== 'number') return null;
    return percentileOf(measure, subject.sex, daysBetween(subject.birthDate, on), value) ?? null;
  });

/** What a visit found that is not as it should be. */
function abnormalOf(values: Values): string[] {
  const systems = SYSTEMS.filter((name) => values[`sys_${name}`] === 'abnormal');
  const develops = DOMAINS.some((name) => values[`dev_${name}`] === 'abnormal');
  return [
    ...systems,
    ...(develops ? ['development'] : []),
    ...(values['stool_card'] === 'abnormal' ? ['stool'] : []),
  ];
}
const listed = (names: string[]): Value => (names.length > 0 ? names : null);

/** One of the seven preventive visits, as the clinic found the child. */
export const EXAM: RecordKind = defineRecord({
  key: 'child-exam',
  path: 'child/preventive-care/exams',
  importAt: 'child/preventive-care/exam-import',
  subject: 'child',
  blocks: [CHILD],
  fields: {
    visit_no: needed(numbered(VISITS)),
    exam_date: needed(day()),
    height: decimal(30, 150),
    height_percentile: percentile('length', 'height'),
    weight: decimal(1, 80),
    weight_percentile: percentile('weight', 'weight'),
    head_circ: decimal(25, 60),
    head_percentile: percentile('head', 'head_circ'),
    sys_head_neck: finding(),
    sys_pupil: finding(),
    sys_fixation: finding(),
    sys_strabismus: finding(),
    sys_ear: finding(),
    sys_mouth: finding(),
    sys_heart: finding(),
    sys_lung: finding(),
    sys_abdomen: finding(),
    sys_hip: finding(),
    sys_genital: finding(),
    sys_skin: finding(),
    sys_neuro: finding(),
    dev_gross: finding(),
    dev_fine: finding(),
    dev_language: finding(),
    dev_social: finding(),
    stool_card: choice('normal', 'abnormal'),
    abnormal: derived(yesNo(), (values) => abnormalOf(values).length > 0),
    abnormal_systems: derived(flags(...SYSTEMS, 'development', 'stool'), (values) =>
      listed(abnormalOf(values)),
    ),
    advice: area(500),
  },
  serviceDay: 'exam_date',
  list: ['visit_no', 'abnormal', 'abnormal_systems'],
  filters: ['visit_no', 'abnormal', 'abnormal_systems'],
  conditions: { without_referral: unreferred },
  uniqueBy: ({ visit_no: no }) => `visit-${String(no)}`,
  rules: (values, { today, subject }) => [
    ...stillToCome(values, today, 'exam_date'),
    ...agedFor(
      VISITS,
      {
        number: values['visit_no'],
        numberField: 'visit_no',
        day: values['exam_date'],
        dayField: 'exam_date',
      },
      subject,
    ),
    ...(values['abnormal'] === true && values['advice'] === null ? [warning('advice', 'no_advice')] : []),
  ],
});
