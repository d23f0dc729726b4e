import type { BoundAccount } from '../../bindings/index.ts';
import type { SignInDeps } from '../deps.ts';
import type { InteractionFacts, Person } from '../types.ts';

/** Up to this many accounts are simply listed; more can be searched. */
const LISTED = 5;
const PAGE_SIZE = 10;
const MAX_QUERY = 50;
const MAX_PAGES = 1000;

export interface AccountPage {
  accounts: BoundAccount[];
  query: string;
  /** Accounts that match the query, over all pages. */
  total: number;
  page: number;
  pages: number;
  searchable: boolean;
}

/** One page of the person's accounts at the subsystem; `query` and `page` as they came in the address. */
export async function listChoices(
  deps: SignInDeps,
  facts: InteractionFacts,
  person: Person,
  asked: { query: string; page: string },
): Promise<AccountPage> {
  const mine = { accountId: person.id, subsystemCode: facts.subsystem?.code ?? '' };
  const all = await deps.listBoundAccounts({ ...mine, limit: PAGE_SIZE });
  const searchable = all.total > LISTED;
  const query = searchable ? asked.query.replaceAll('\0', '').trim().slice(0, MAX_QUERY) : '';
  const page = Math.min(Math.max(1, Math.trunc(Number(asked.page)) || 1), MAX_PAGES);
  const offset = (page - 1) * PAGE_SIZE;
  const found =
    query === '' && page === 1
      ? all
      : await deps.listBoundAccounts({ ...mine, query, limit: PAGE_SIZE, offset });
  const pages = Math.max(1, Math.ceil(found.total / PAGE_SIZE));
  return { accounts: found.accounts, total: found.total, query, page, pages, searchable };
}

/** Whether the person may act as the account with this id at the client's subsystem. */
export async function mayActAs(
  deps: SignInDeps,
  facts: InteractionFacts,
  person: Person,
  subsystemAccountId: string,
): Promise<boolean> {
  if (!facts.subsystem) return false;
  const mine = { accountId: person.id, subsystemCode: facts.subsystem.code, limit: 1 };
  const { accounts } = await deps.listBoundAccounts({ ...mine, subsystemAccountId });
  return accounts.length === 1;
}
