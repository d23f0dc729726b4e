import { z } from 'zod';
import {
  type PermissionRequest,
  countRequests,
  findRequest,
  listRequests,
  readChoices,
  submitRequest,
  withdrawRequest,
} from '../../permission-requests/index.ts';
import { type Reach, reachesSubsystem } from '../../permissions/index.ts';
import type { ApiCaller, DirectoryApiDeps, Operation } from '../types.ts';
import { PAGE_SIZE, accountId, code, cursor, day, pageOf, startOf } from './paging.ts';
import { NOT_FOUND, NOT_PERMITTED, administering } from './standing.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MOST_COUNTED = 1000;
const listQuery = z.strictObject({
  no: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
  from: day.optional(),
  to: day.optional(),
  status: z.enum(['submitted', 'allowed', 'refused', 'withdrawn']).optional(),
  cursor,
});

/** M-42: requests for further rights at this subsystem. */
export const listRightsOperation: Operation<unknown, z.infer<typeof listQuery>> = {
  method: 'get',
  path: '/permission-requests',
  operationId: 'listPermissionRequests',
  scope: 'permission_requests:read',
  summary: 'List requests for further rights of the units you administer',
  description: `The newest first, pages of ${PAGE_SIZE}; \`waiting\` counts those nobody has decided, up to ${MOST_COUNTED}.`,
  query: listQuery,
  responses: { 200: 'One page' },
  handle: async ({ db, keyring }, { caller, from, query }) => {
    const at = administering(caller, from, 'permission_requests.read');
    if (!at) return NOT_PERMITTED;
    const { cursor: text, ...asked } = query;
    const { code: subsystemCode } = caller.subsystem;
    const filter = { ...given(asked), subsystemCode };
    const sealed = { ...texts(asked), subsystemCode, reader: at.as.accountId };
    const after = startOf(keyring, 'api-rights', sealed, text);
    const page = { descending: true, ...(after && { after }) };
    const [found, waiting] = await Promise.all([
      listRequests(db, filter, at.reach, page, PAGE_SIZE + 1),
      countRequests(db, { status: 'submitted', subsystemCode }, at.reach, MOST_COUNTED),
    ]);
    const { rows, next } = pageOf(keyring, 'api-rights', sealed, found, ({ position, id }) => ({
      value: position,
      id,
    }));
    const requests = rows.map((row) => wireOf(row, at.as.accountId));
    return { status: 200, body: { requests, waiting, ...(next !== undefined && { next }) } };
  },
};

/** M-43: what can be asked for. */
export const readRightsChoicesOperation: Operation = {
  method: 'get',
  path: '/permission-requests/choices',
  operationId: 'readPermissionChoices',
  scope: 'permission_requests:read',
  summary: 'Read whom your unit could make a manager and which menu roles it lacks',
  responses: { 200: 'The choices', 403: 'You may not ask for rights of the unit you act for' },
  handle: async (deps, { caller, from }) => {
    const at = administering(caller, from, 'permission_requests.create');
    const choices =
      at &&
      (await readChoices(deps.db, deps, { subsystemCode: caller.subsystem.code, unitCode: at.as.unitCode }));
    if (!choices) return NOT_PERMITTED;
    return {
      status: 200,
      body: {
        candidates: choices.candidates.map(({ id, holderName }) => ({ id, holder_name: holderName })),
        menu_roles: choices.menuRoles,
        managers: choices.quota,
      },
    };
  },
};

export const readRightsOperation: Operation = {
  method: 'get',
  path: '/permission-requests/{id}',
  operationId: 'readPermissionRequest',
  scope: 'permission_requests:read',
  summary: 'Read one request for further rights',
  responses: { 200: 'The request', 404: 'None within your sight' },
  handle: async (deps, { caller, from, params }) => {
    const at = administering(caller, from, 'permission_requests.read');
    const request = at && (await findHere(deps, caller, at.reach, params['id']));
    return request ? { status: 200, body: wireOf(request, at.as.accountId) } : NOT_FOUND;
  },
};

const contact = {
  phone: z.string().trim().max(30).default(''),
  email: z.union([z.email().max(254), z.literal('')]).default(''),
};
const content = z.string().trim().min(1).max(1000);
const submissionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('extra_manager'), target: accountId, content, ...contact }),
  z.strictObject({ kind: z.literal('menu_role'), menu_role: code, content, ...contact }),
]);

/** SM-08: a manager asks for the unit acted for, and no other. */
export const submitRightsOperation: Operation<z.infer<typeof submissionSchema>> = {
  method: 'post',
  path: '/permission-requests',
  operationId: 'submitPermissionRequest',
  scope: 'permission_requests:write',
  summary: 'Ask the agency for one manager more, or for a menu role your unit lacks',
  body: submissionSchema,
  responses: {
    201: 'Sent',
    403: 'Not yours to ask',
    409: 'The same is asked for already',
    422: '`error` says what cannot be',
  },
  handle: async (deps, { caller, body, from }) => {
    const at = administering(caller, from, 'permission_requests.create');
    if (!at) return NOT_PERMITTED;
    const wish = {
      kind: body.kind,
      subsystemCode: caller.subsystem.code,
      unitCode: at.as.unitCode,
      targetId: body.kind === 'extra_manager' ? body.target : null,
      menuRole: body.kind === 'menu_role' ? body.menu_role : null,
      content: body.content,
      phone: body.phone,
      email: body.email,
    };
    const sent = await submitRequest(deps, at.as, at.reach, wish, from);
    if (sent.sent) return { status: 201, body: { id: sent.id, no: sent.no } };
    const status = { not_permitted: 403, already_requested: 409 }[sent.reason as string] ?? 422;
    return { status, body: { error: sent.reason } };
  },
};

export const withdrawRightsOperation: Operation = {
  method: 'post',
  path: '/permission-requests/{id}/withdrawal',
  operationId: 'withdrawPermissionRequest',
  scope: 'permission_requests:write',
  summary: 'Take back a request of your own that nobody has decided',
  responses: { 200: 'Taken back', 404: 'None within your sight', 409: 'Not yours, or decided meanwhile' },
  handle: async (deps, { caller, from, params }) => {
    const at = administering(caller, from, 'permission_requests.create');
    const request = at && (await findHere(deps, caller, at.reach, params['id']));
    if (!request) return NOT_FOUND;
    const isDone = await withdrawRequest(deps, at.as, request.id, from);
    return isDone
      ? { status: 200, body: { status: 'withdrawn' } }
      : { status: 409, body: { error: 'not_pending' } };
  },
};

async function findHere(
  { db }: DirectoryApiDeps,
  caller: ApiCaller,
  reach: Reach,
  id: string | undefined,
): Promise<PermissionRequest | undefined> {
  if (id === undefined || !UUID.test(id)) return undefined;
  const request = await findRequest(db, id);
  const isHere =
    request?.subsystemCode === caller.subsystem.code &&
    reachesSubsystem(reach, request.subsystemCode, request.unitCode);
  return isHere ? request : undefined;
}

function wireOf(row: PermissionRequest, readerId: string) {
  return {
    ...{ id: row.id, no: row.no, kind: row.kind, status: row.status },
    unit: { code: row.unitCode, name: row.unitName, name_en: row.unitNameEn },
    applicant: row.applicantName,
    is_own: row.applicantAccountId === readerId,
    target: row.targetId,
    menu_role: row.menuRole,
    ...{ content: row.content, phone: row.phone, email: row.email },
    created_at: row.createdAt.toISOString(),
    decided_at: row.decidedAt?.toISOString() ?? null,
    decided_by: row.deciderName,
    reason: row.reason,
  };
}

type Asked = Omit<z.infer<typeof listQuery>, 'cursor'>;

function given(asked: Asked) {
  const { no, from, to, status } = asked;
  return {
    ...(no !== undefined && { no }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(status !== undefined && { status }),
  };
}

function texts({ no, ...rest }: Asked): Record<string, string | undefined> {
  return { ...rest, no: no === undefined ? undefined : String(no) };
}
