import {
  type Finding,
  type RecordKind,
  type Values,
  area,
  choice,
  day,
  defineRecord,
  derived,
  error,
  given,
  needed,
  stillToCome,
  text,
  warning,
  weeks,
  whole,
} from '../../records/index.ts';
import { GUIDANCE_CODES, USUAL_VISITS, dueDate, trimesterOf, trimesterOfVisit } from './policy.ts';
import { settleRegistration } from './store/settle.ts';

/** An antenatal visit, as the clinic registered it or the insurance paid for it. */
export const REGISTRATION: RecordKind = defineRecord({
  key: 'edu-registration',
  path: 'maternal/antenatal-education/registrations',
  importAt: 'maternal/antenatal-education/visit-import',
  subject: 'mother',
  hasPregnancy: true,
  fields: {
    visit_date: needed(day()),
    visit_seq: whole(1, 30),
    special_approval_no: text(20),
    gest_days: weeks(4, 42),
    nhi_order_code: text(12, /^[0-9A-Z]{1,12}$/),
    trimester: derived(choice('first', 'second', 'third'), ({ nhi_order_code: code, gest_days: days }) =>
      trimesterOfVisit(code, days),
    ),
    edc: derived(day(), ({ visit_date: on, gest_days: days }) => dueDate(on, days)),
    source: given(choice('import', 'manual')),
    duplicate_decision: given(choice('keep', 'remove')),
    duplicate_reason: given(area(500)),
  },
  serviceDay: 'visit_date',
  list: ['visit_seq', 'gest_days', 'trimester', 'nhi_order_code', 'source'],
  filters: ['visit_seq', 'trimester'],
  lock: 'LK3',
  rules: (values, { today }) => [
    ...stillToCome(values, today, 'visit_date'),
    ...seldomVisits(values),
    ...codeFitsWeeks(values),
  ],
  follows: async (trx, happened) =>
    happened.deed === 'submitted' ? settleRegistration(trx, happened) : undefined,
});

/** The 15th check and later ones need the number of their special approval. */
function seldomVisits({ visit_seq: seq, special_approval_no: approval }: Values): Finding[] {
  const isUsual = typeof seq !== 'number' || seq <= USUAL_VISITS || approval !== null;
  return isUsual ? [] : [error('special_approval_no', 'edu_special', { max: USUAL_VISITS })];
}

/** A code of guidance and the weeks tell the same trimester, mostly. */
function codeFitsWeeks({ nhi_order_code: code, gest_days: days }: Values): Finding[] {
  const claimed = typeof code === 'string' ? GUIDANCE_CODES[code] : undefined;
  const fits = claimed === undefined || typeof days !== 'number' || trimesterOf(days) === claimed;
  return fits ? [] : [warning('nhi_order_code', 'edu_code_weeks')];
}
