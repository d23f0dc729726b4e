import {
  MOTHER,
  PREGNANCY,
  type Finding,
  type RecordKind,
  type Values,
  area,
  choice,
  contactOf,
  day,
  decimal,
  defineRecord,
  error,
  flags,
  needed,
  pregnancyRules,
  stillToCome,
  text,
  weeks,
  when,
  whole,
  yesNo,
} from '../../records/index.ts';
import { trimesterOf } from './policy.ts';
import { settleRecord } from './store/settle.ts';
import { FIRST_TOPICS, THIRD_TOPICS } from './topics.ts';

const habit = () => choice('never', 'quit', 'current');

/** Guidance given to a woman in a trimester. */
export const RECORD: RecordKind = defineRecord({
  key: 'edu-record',
  path: 'maternal/antenatal-education/records/search',
  entry: 'maternal/antenatal-education/records/entry',
  importAt: 'maternal/antenatal-education/records/import',
  subject: 'mother',
  blocks: [MOTHER, PREGNANCY],
  fields: {
    trimester: needed(choice('first', 'third')),
    service_date: needed(day()),
    gest_days: needed(weeks(4, 42)),
    height_cm: whole(120, 200),
    pre_preg_weight_kg: decimal(30, 200),
    weight_kg: decimal(30, 200),
    bp_sys: whole(60, 250),
    bp_dia: whole(30, 150),
    smoking: habit(),
    second_hand_smoke: habit(),
    drinking: habit(),
    betel: habit(),
    drugs: habit(),
    chronic: flags(
      'hypertension',
      'diabetes',
      'heart',
      'kidney',
      'thyroid',
      'autoimmune',
      'asthma',
      'epilepsy',
      'mental',
      'other',
    ),
    ob_history: flags('preterm', 'miscarriage', 'stillbirth', 'hypertension', 'diabetes', 'caesarean'),
    mood_down: yesNo(),
    mood_no_interest: yesNo(),
    needs_first: when('trimester', ['first'], flags(...FIRST_TOPICS)),
    needs_third: when('trimester', ['third'], flags(...THIRD_TOPICS)),
    topics_first: when('trimester', ['first'], needed(flags(...FIRST_TOPICS))),
    topics_third: when('trimester', ['third'], needed(flags(...THIRD_TOPICS))),
    understanding: choice('clear', 'partly', 'unclear'),
    referral: choice('none', 'high_risk_centre', 'mental', 'smoking', 'social', 'high_risk_programme'),
    provider_name: needed(text(50)),
    provider_type: needed(choice('physician', 'midwife', 'nurse')),
    remark: area(500),
  },
  serviceDay: 'service_date',
  list: ['trimester', 'gest_days', 'provider_name'],
  filters: ['trimester'],
  asksSubmitted: true,
  lock: 'LK3',
  uniqueBy: ({ trimester }) => (typeof trimester === 'string' ? trimester : undefined),
  startsFrom: {
    kind: 'edu-registration',
    values: ({ trimester, visit_date, gest_days, edc }) => ({
      trimester: trimester === 'second' ? null : (trimester ?? null),
      service_date: visit_date ?? null,
      gest_days: gest_days ?? null,
      edc: edc ?? null,
    }),
  },
  rules: (values, { today }) => [
    ...stillToCome(values, today, 'service_date'),
    ...contactOf(values),
    ...pregnancyRules(values),
    ...fitsTrimester(values),
    ...pressures(values),
  ],
  follows: async (trx, happened) => (happened.deed === 'submitted' ? settleRecord(trx, happened) : undefined),
});

/** The trimester that is chosen is the one of the weeks. */
function fitsTrimester({ trimester, gest_days: days }: Values): Finding[] {
  const fits = typeof days !== 'number' || trimester === null || trimesterOf(days) === trimester;
  return fits ? [] : [error('gest_days', 'edu_trimester')];
}

function pressures({ bp_sys: systolic, bp_dia: diastolic }: Values): Finding[] {
  const fits = typeof systolic !== 'number' || typeof diastolic !== 'number' || diastolic < systolic;
  return fits ? [] : [error('bp_dia', 'edu_pressure')];
}
