import { type RecordKind, choice, day, defineRecord, given, text, yesNo } from '../../../records/index.ts';
import { reopenCase } from '../service/on-case.ts';
import { overdue, pastLimit } from '../store/conditions.ts';

/** A case: opened by an intake, kept up by everything written in it, moved and closed by transfers and closings. */
export const CASE: RecordKind = defineRecord({
  key: 'hr-case',
  path: 'maternal/high-risk/cases',
  subject: 'parent',
  parent: 'hr-intake',
  onePerParent: true,
  isMade: true,
  fields: {
    opened_on: given(day()),
    case_no: given(text(20)),
    case_status: given(choice('open', 'transferring', 'closed')),
    risk_level: given(choice('none', 'low', 'medium', 'high')),
    next_contact_on: given(day()),
    case_manager: given(text(50)),
    extended: given(yesNo()),
    delivered_on: given(day()),
    limit_on: given(day()),
    closed_on: given(day()),
  },
  serviceDay: 'opened_on',
  list: ['case_no', 'case_status', 'risk_level', 'next_contact_on', 'limit_on'],
  filters: ['case_status', 'risk_level', 'extended'],
  conditions: { overdue, past_limit: pastLimit },
  lock: 'LK4',
  follows: reopenCase,
});
