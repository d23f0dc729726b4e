import {
  type RecordKind,
  area,
  choice,
  day,
  defineRecord,
  derived,
  error,
  flags,
  given,
  needed,
  stillToCome,
  text,
  unit,
  when,
  yesNo,
} from '../../records/index.ts';
import { ICD, SYSTEMS, notBefore } from './fields.ts';
import { bonusUnclaimed } from './store/claimable.ts';
import { delayUnassessed, majorUndiagnosed, undiagnosed } from './store/waiting.ts';

/** A child sent on to a hospital or an assessment centre, after a visit or a screening. */
export const REFERRAL: RecordKind = defineRecord({
  key: 'child-referral',
  path: 'child/preventive-care/referrals',
  subject: 'parent',
  parent: 'child-exam',
  otherParents: ['child-development'],
  fields: {
    refer_date: needed(day()),
    destination: needed(choice('hospital', 'centre')),
    to_unit: when('destination', ['hospital'], needed(unit())),
    to_centre: when('destination', ['centre'], needed(unit())),
    referred_to: derived(unit(), ({ to_unit: hospital, to_centre: centre }) => hospital ?? centre ?? null),
    reason_category: needed(choice('major', 'delay', 'general')),
    is_major: derived(yesNo(), ({ reason_category: reason }) => reason === 'major'),
    suspected: flags(...SYSTEMS, 'growth', 'development', 'stool', 'other'),
    suspected_icd: text(100, new RegExp(`^${ICD}(?:, ?${ICD})*$`)),
    summary: needed(area(1000)),
    guardian_consent: needed(yesNo()),
    urgency: choice('routine', 'soon', 'emergency'),
    claim_no: given(text(20)),
  },
  serviceDay: 'refer_date',
  assignedTo: 'referred_to',
  list: ['reason_category', 'referred_to', 'urgency'],
  filters: ['reason_category', 'urgency', 'is_major'],
  conditions: {
    major_undiagnosed: majorUndiagnosed,
    delay_unassessed: delayUnassessed,
    undiagnosed,
    unclaimed: bonusUnclaimed,
  },
  changeCategory: 'child_referral',
  rules: (values, { today, parent }) => [
    ...stillToCome(values, today, 'refer_date'),
    ...notBefore(values, 'refer_date', 'exam_date', parent),
    ...notBefore(values, 'refer_date', 'screen_date', parent),
    ...(values['suspected'] === null && values['suspected_icd'] === null
      ? [error('suspected', 'no_suspicion')]
      : []),
    ...(values['guardian_consent'] === false ? [error('guardian_consent', 'no_consent')] : []),
  ],
});
