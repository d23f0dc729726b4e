/** Every operation of the API, in the order its description shows them. */
import {
  changeAccountOperation,
  listAccountsOperation,
  listManagersOperation,
  readAccountOperation,
} from './operations/accounts.ts';
import { sendMessageOperation } from './operations/messages.ts';
import { sendReminderOperation } from './operations/reminders.ts';
import {
  listSignInsOperation,
  reportSignInsOperation,
  tellTodoCountsOperation,
} from './operations/reports.ts';
import { decideReviewOperation, listReviewsOperation, readReviewOperation } from './operations/reviews.ts';
import { changeAccessOperation, readAccessOperation, reinstateOperation } from './operations/access.ts';
import { listDecisionsOperation } from './operations/history.ts';
import {
  listRightsOperation,
  readRightsChoicesOperation,
  readRightsOperation,
  submitRightsOperation,
  withdrawRightsOperation,
} from './operations/rights.ts';
import { readSummaryOperation } from './operations/summary.ts';
import {
  changeContactOperation,
  endEntitlementOperation,
  entitleOperation,
  listUnitsOperation,
  readUnitOperation,
} from './operations/units.ts';
import { readRegisterOperation } from './operations/unit-register.ts';
import type { Operation } from './types.ts';

export const OPERATIONS = [
  sendMessageOperation,
  sendReminderOperation,
  listAccountsOperation,
  readAccountOperation,
  changeAccountOperation,
  tellTodoCountsOperation,
  listManagersOperation,
  readRegisterOperation,
  listReviewsOperation,
  readReviewOperation,
  decideReviewOperation,
  listDecisionsOperation,
  readSummaryOperation,
  readAccessOperation,
  changeAccessOperation,
  reinstateOperation,
  listUnitsOperation,
  readUnitOperation,
  changeContactOperation,
  entitleOperation,
  endEntitlementOperation,
  listRightsOperation,
  readRightsChoicesOperation,
  readRightsOperation,
  submitRightsOperation,
  withdrawRightsOperation,
  reportSignInsOperation,
  listSignInsOperation,
] as unknown as readonly Operation<never, never>[]; // each judges its own body and query
