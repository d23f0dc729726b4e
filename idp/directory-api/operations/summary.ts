import { countReviewable } from '../../access-requests/index.ts';
import { listEntitled, narrowManifest } from '../../entitlements/index.ts';
import { countRequests } from '../../permission-requests/index.ts';
import { reachOf } from '../../permissions/index.ts';
import { dutiesFor } from '../../subsystems/index.ts';
import { findUnit } from '../../units/index.ts';
import { sightOf } from '../policy.ts';
import { countAccounts } from '../store/accounts.ts';
import type { Operation } from '../types.ts';
import { reviewerOf } from './reviews.ts';
import { NOT_PERMITTED } from './standing.ts';

const MOST_COUNTED = 1000;

/** M-31, M-33, T30: what a manager sees first, in one call. */
export const readSummaryOperation: Operation = {
  method: 'get',
  path: '/summary',
  operationId: 'readSummary',
  scope: 'accounts:read',
  summary: 'Count what you administer and what waits for you, and read what your unit may give',
  description: `Of the unit you act for; the agency's people of every unit. What waits is counted up to ${MOST_COUNTED}.`,
  responses: { 200: 'The counts', 403: 'The account you act as manages nothing' },
  handle: async ({ db, clock }, { caller }) => {
    const sight = sightOf(caller);
    if (caller.kind !== 'person' || !sight || !caller.standing) return NOT_PERMITTED;
    const { manifest, code: subsystemCode } = caller.subsystem;
    const { unitCode } = caller.acting;
    const managing = manifest.roles.filter(({ manages }) => manages).map(({ code }) => code);
    const reach = reachOf(caller.standing, 'permission_requests.read');
    const unit = await findUnit(db, unitCode);
    const entitled = await listEntitled(db, unitCode, clock());
    const narrowed = narrowManifest(manifest, entitled.get(subsystemCode));
    const [accounts, reviewer] = await Promise.all([
      countAccounts(db, subsystemCode, sight, managing),
      reviewerOf(db, caller, clock()),
    ]);
    const waiting = { status: 'submitted' as const, subsystemCode };
    const body = {
      accounts: {
        total: accounts.total,
        managers: accounts.managers,
        users: accounts.total - accounts.managers,
      },
      reviews: reviewer ? await countReviewable(db, reviewer, { subsystemCode }) : 0,
      suspended: accounts.suspended,
      permission_requests: reach ? await countRequests(db, waiting, reach, MOST_COUNTED) : 0,
      decides_permission_requests: reachOf(caller.standing, 'permission_requests.decide') !== undefined,
      menu_roles: [...new Set(dutiesFor(narrowed, unit?.kind ?? '').flatMap(({ menuRoles }) => menuRoles))],
    };
    return { status: 200, body };
  },
};
