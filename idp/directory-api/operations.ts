/** Every operation of the API, in the order its description shows them. */
import {
  changeAccountOperation,
  listAccountsOperation,
  listManagersOperation,
  readAccountOperation,
} from './operations/accounts.ts';
import { sendMessageOperation } from './operations/messages.ts';
import {
  listSignInsOperation,
  reportSignInsOperation,
  tellTodoCountsOperation,
} from './operations/reports.ts';
import { decideReviewOperation, listReviewsOperation, readReviewOperation } from './operations/reviews.ts';
import type { Operation } from './types.ts';

export const OPERATIONS = [
  sendMessageOperation,
  listAccountsOperation,
  readAccountOperation,
  changeAccountOperation,
  tellTodoCountsOperation,
  listManagersOperation,
  listReviewsOperation,
  readReviewOperation,
  decideReviewOperation,
  reportSignInsOperation,
  listSignInsOperation,
] as unknown as readonly Operation<never, never>[]; // each judges its own body and query
