import {
  type RecordKind,
  area,
  choice,
  day,
  defineRecord,
  given,
  needed,
  stillToCome,
  text,
  when,
} from '../../records/index.ts';
import { ICD, notBefore } from './fields.ts';
import { feeUnclaimed } from './store/claimable.ts';

/** What the hospital or centre found of a child sent to it. One that is still watched is told of again later. */
export const DIAGNOSIS: RecordKind = defineRecord({
  key: 'child-diagnosis',
  path: 'child/preventive-care/diagnoses',
  subject: 'parent',
  parent: 'child-referral',
  fields: {
    visit_date: needed(day()),
    diagnosis_result: needed(choice('confirmed', 'excluded', 'observed', 'not_seen', 'lost')),
    diagnosis: when('diagnosis_result', ['confirmed'], needed(text(10, new RegExp(`^${ICD}$`)))),
    severity: when('diagnosis_result', ['confirmed'], choice('mild', 'moderate', 'severe', 'profound')),
    treatment: area(500),
    reported_to: choice('referral_centre', 'social_bureau', 'not_required'),
    reported_on: when('reported_to', ['referral_centre', 'social_bureau'], needed(day())),
    physician: needed(text(50)),
    claim_no: given(text(20)),
  },
  serviceDay: 'visit_date',
  assignedTo: 'parent',
  list: ['diagnosis_result', 'diagnosis', 'physician'],
  filters: ['diagnosis_result', 'reported_to'],
  conditions: { unclaimed: feeUnclaimed },
  changeCategory: 'child_diagnosis',
  rules: (values, { today, parent }) => [
    ...stillToCome(values, today, 'visit_date', 'reported_on'),
    ...notBefore(values, 'visit_date', 'refer_date', parent),
    ...notBefore(values, 'reported_on', 'visit_date'),
  ],
});
