import { Fault } from '#kit/errors.ts';
import { type ConsoleCaller, reachOf } from '../../permissions/index.ts';
import { type ReviewedRequest, getRequest } from '../service/read.ts';
import { countReviewable } from '../store/reviewable.ts';
import { loadReviewer } from '../store/reviewers.ts';
import type { AccessRequestDeps, Reviewer } from '../types.ts';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** As whom somebody reviews: as themself, or in the place of the person named. */
export interface Standing {
  accountId: string;
  onBehalfOf?: string;
  /** '' as themself. */
  name: string;
}

export type ReadDeps = Pick<AccessRequestDeps, 'db' | 'clock' | 'registry'>;

/** As themself first, then for each they stand in for. */
export function standingsOf(caller: ConsoleCaller): Standing[] {
  return [
    { accountId: caller.accountId, name: '' },
    ...(caller.deputyFor ?? [])
      .filter((person) => reachOf(person, 'access_requests.review'))
      .map((person) => ({
        accountId: caller.accountId,
        onBehalfOf: person.accountId,
        name: person.personName,
      })),
  ];
}

/** A request and as whom the caller may look at it. @throws Fault not_found when it is none of theirs */
export async function findForCaller(
  deps: ReadDeps,
  caller: ConsoleCaller,
  id: string,
): Promise<ReviewedRequest & { standing: Standing }> {
  const found: (ReviewedRequest & { standing: Standing })[] = [];
  for (const standing of ID.test(id) ? standingsOf(caller) : []) {
    const request = await getRequest(deps, standing, id);
    if (request) found.push({ ...request, standing });
  }
  const best = found.find(({ mayDecide }) => mayDecide) ?? found[0];
  if (!best) throw new Fault('not_found');
  return best;
}

/** The reviewer a list is for: the person named by the filter, else the caller, else the first they stand in for. */
export async function reviewerFor(
  { db, clock }: Pick<ReadDeps, 'db' | 'clock'>,
  caller: ConsoleCaller,
  asked: string | undefined,
): Promise<Reviewer | undefined> {
  const standings = standingsOf(caller);
  const own = caller.role !== 'user' || caller.managed.length > 0;
  const chosen = standings.find(({ onBehalfOf }) => onBehalfOf !== undefined && onBehalfOf === asked);
  const standing = chosen ?? (own ? standings[0] : standings[1]);
  return standing && loadReviewer(db, standing.onBehalfOf ?? standing.accountId, clock());
}

/** How many wait for the caller, for themself and for those they stand in for; and since before `overdueSince`. */
export async function countForCaller(
  deps: Pick<ReadDeps, 'db' | 'clock'>,
  caller: ConsoleCaller,
  overdueSince: Date,
): Promise<{ count: number; overdue: number }> {
  const total = { count: 0, overdue: 0 };
  for (const { onBehalfOf, accountId } of standingsOf(caller)) {
    const reviewer = await loadReviewer(deps.db, onBehalfOf ?? accountId, deps.clock());
    if (!reviewer) continue;
    total.count += await countReviewable(deps.db, reviewer);
    total.overdue += await countReviewable(deps.db, reviewer, { before: overdueSince });
  }
  return total;
}
