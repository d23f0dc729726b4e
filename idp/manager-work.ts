import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import { countReviewable, loadReviewer, mayReview } from './access-requests/index.ts';
import { countReviewableEnrollments } from './enrollments/index.ts';
import type { WorkItem } from './messages/index.ts';
import { countWaitingRequests } from './permission-requests/index.ts';
import type { ConsoleEntry } from './permissions/index.ts';

const ENROLLMENTS = '/console/enrollments';
const ACCESS_REQUESTS = '/console/access-requests';
const PERMISSION_REQUESTS = '/console/permission-requests';

/**
 * P-24: what waits for a manager, as the portal's messages show it: each line leads to a page of the console that
 * `entries` lists. Nothing for whoever reviews nothing.
 */
export function managerWork(
  { db, clock }: { db: Db; clock: Clock },
  entries: ConsoleEntry[],
): (accountId: string) => Promise<WorkItem[]> {
  const isThere = (url: string): boolean =>
    entries.some(({ method, path }) => method === 'GET' && path === url);
  return async (accountId) => {
    const reviewer = await loadReviewer(db, accountId, clock());
    if (!reviewer || !mayReview(reviewer)) return [];
    const lists = [
      {
        key: 'messages.work-enrollments',
        url: ENROLLMENTS,
        count: () => countReviewableEnrollments(db, reviewer),
      },
      {
        key: 'messages.work-access-requests',
        url: ACCESS_REQUESTS,
        count: () => countReviewable(db, reviewer),
      },
      ...(reviewer.role === 'hpa_admin'
        ? [
            {
              key: 'console-permission.title',
              url: PERMISSION_REQUESTS,
              count: async () => (await countWaitingRequests(db, clock())).count,
            },
          ]
        : []),
    ].filter(({ url }) => isThere(url));
    return Promise.all(lists.map(async ({ key, url, count }) => ({ key, url, count: await count() })));
  };
}
