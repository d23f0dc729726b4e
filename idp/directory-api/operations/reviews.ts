import { z } from 'zod';
import type { Db } from '#db/idp/tables.ts';
import {
  type ReviewedRequest,
  type ReviewableRow,
  type Reviewer,
  countReviewable,
  decideRequest,
  getRequest,
  listReviewable,
  loadReviewer,
} from '../../access-requests/index.ts';
import { sees, sightOf } from '../policy.ts';
import type { ApiCaller, ApiPerson, DirectoryApiDeps, Operation } from '../types.ts';
import { PAGE_SIZE, cursor, pageOf, startOf } from './paging.ts';

const NOT_FOUND = { status: 404, body: { error: 'not_found' } };

/**
 * The person as a reviewer of this subsystem in the unit they act for, and nowhere else: another account of theirs
 * is another token.
 */
export async function reviewerOf(db: Db, caller: ApiPerson, now: Date): Promise<Reviewer | undefined> {
  const reviewer = await loadReviewer(db, caller.accountId, now);
  const { unitCode } = caller.acting;
  if (!reviewer || !caller.acting.manages) return undefined;
  const isHere = (unit: string): boolean => reviewer.role === 'hpa_admin' || unit === unitCode;
  return {
    ...reviewer,
    role: isHere(reviewer.unitCode) ? reviewer.role : 'user',
    managed: reviewer.managed.filter(
      (pair) => pair.subsystemCode === caller.subsystem.code && isHere(pair.unitCode),
    ),
  };
}

const listQuery = z.strictObject({ cursor });

export const listReviewsOperation: Operation<unknown, z.infer<typeof listQuery>> = {
  method: 'get',
  path: '/reviews',
  operationId: 'listReviews',
  scope: 'reviews:read',
  summary: 'List the requests that wait for your decision',
  description: `The oldest first, pages of ${PAGE_SIZE}; \`waiting\` counts them up to 1000.`,
  query: listQuery,
  responses: { 200: 'One page' },
  handle: async ({ db, clock, keyring }, { caller, query }) => {
    const reviewer = caller.kind === 'person' ? await reviewerOf(db, caller, clock()) : undefined;
    if (!reviewer) return { status: 403, body: { error: 'not_a_manager' } };
    const filter = { subsystemCode: caller.subsystem.code };
    const filters = { ...filter, reviewer: reviewer.accountId };
    const start = startOf(keyring, 'api-reviews', filters, query.cursor);
    const after = start && { requestedAt: new Date(start.value), id: start.id };
    const paging = { limit: PAGE_SIZE + 1, ...(after && { after }) };
    const [found, waiting] = await Promise.all([
      listReviewable(db, reviewer, filter, paging),
      countReviewable(db, reviewer, filter),
    ]);
    const { rows, next } = pageOf(keyring, 'api-reviews', filters, found, (row) => ({
      value: row.requestedAt.toISOString(),
      id: row.id,
    }));
    return {
      status: 200,
      body: { reviews: rows.map(lineOf), waiting, ...(next !== undefined && { next }) },
    };
  },
};

export const readReviewOperation: Operation = {
  method: 'get',
  path: '/reviews/{id}',
  operationId: 'readReview',
  scope: 'reviews:read',
  summary: 'Read one request with its history',
  responses: { 200: 'The request', 404: 'None of that id that concerns you' },
  handle: async (deps, { caller, params }) => {
    const reviewed = await findReviewed(deps, caller, params['id'] ?? '');
    return reviewed ? { status: 200, body: wholeOf(reviewed) } : NOT_FOUND;
  },
};

const decisionSchema = z.strictObject({
  decision: z.enum(['approve', 'return']),
  comment: z.string().trim().min(1).max(500),
  version: z.number().int(),
});

export const decideReviewOperation: Operation<z.infer<typeof decisionSchema>> = {
  method: 'post',
  path: '/reviews/{id}/decision',
  operationId: 'decideReview',
  scope: 'reviews:decide',
  summary: 'Decide the step of a request that waits for you',
  description: 'A step is decided once: `version` is the one you read.',
  body: decisionSchema,
  responses: {
    200: 'Decided; `status` is what the request is now',
    404: 'None of that id that concerns you',
    409: 'Not to be decided so: `error` says why',
  },
  handle: async (deps, { caller, params, body, from }) => {
    const reviewed = await findReviewed(deps, caller, params['id'] ?? '');
    if (!reviewed || caller.kind !== 'person') return NOT_FOUND;
    const asked = { requestId: reviewed.request.id, ...body };
    const decided = await decideRequest(deps, { accountId: caller.accountId }, asked, from);
    if (!decided.done)
      return { status: decided.reason === 'not_found' ? 404 : 409, body: { error: decided.reason } };
    return { status: 200, body: { status: decided.status } };
  },
};

/** A request of this subsystem, in the unit acted for. */
async function findReviewed(
  deps: DirectoryApiDeps,
  caller: ApiCaller,
  id: string,
): Promise<ReviewedRequest | undefined> {
  if (caller.kind !== 'person' || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return undefined;
  if (!(await reviewerOf(deps.db, caller, deps.clock()))) return undefined;
  const reviewed = await getRequest(deps, { accountId: caller.accountId }, id);
  const isHere =
    reviewed?.request.subsystemCode === caller.subsystem.code &&
    sees(sightOf(caller), reviewed.request.unitCode);
  return isHere ? reviewed : undefined;
}

function lineOf(row: ReviewableRow) {
  return {
    id: row.id,
    version: row.version,
    kind: row.kind,
    subsystem_account: row.subsystemAccountId,
    unit: { code: row.unitCode, name: row.unitName, name_en: row.unitNameEn },
    role: row.role,
    duty: row.duty,
    applicant: { name: row.applicantName, login_name: row.applicantLoginName },
    requested_at: row.requestedAt.toISOString(),
  };
}

function wholeOf({ request, applicant, unit, events, quota, mayDecide }: ReviewedRequest) {
  return {
    id: request.id,
    version: request.version,
    kind: request.kind,
    status: request.status,
    subsystem_account: request.subsystemAccountId,
    unit: { code: unit.code, name: unit.name, name_en: unit.nameEn },
    role: request.role,
    duty: request.duty,
    menu_roles: request.menuRoles,
    before: request.before,
    reason: request.reason,
    applicant: {
      name: applicant.name,
      login_name: applicant.loginName,
      email: applicant.email,
      phone: applicant.phone,
    },
    managers: quota && { used: quota.used, limit: quota.limit },
    may_decide: mayDecide,
    history: events.map((event) => ({
      at: event.at.toISOString(),
      deed: event.deed,
      actor: event.actorName,
      on_behalf_of: event.onBehalfOfName,
      comment: event.comment,
    })),
  };
}
