import { z } from 'zod';
import { transact } from '#db/transact.ts';
import { changeAccess } from '../../subsystem-accounts/index.ts';
import { sees, sightOf } from '../policy.ts';
import { findAccount, listAccounts, listManagers } from '../store/accounts.ts';
import { findUnitKind, findOwnAccount } from '../store/units.ts';
import type { Operation } from '../types.ts';
import { PAGE_SIZE, accountId, code, cursor, pageOf, startOf, unitCode } from './paging.ts';

const listQuery = z.strictObject({
  unit: unitCode.optional(),
  status: z.enum(['pending', 'active', 'disabled', 'suspended']).optional(),
  role: code.optional(),
  account: accountId.optional(),
  name: z.string().min(1).max(60).optional(),
  county: z
    .string()
    .regex(/^\d{5}$/)
    .optional(),
  town: z
    .string()
    .regex(/^\d{8}$/)
    .optional(),
  cursor,
});

const NOT_FOUND = { status: 404, body: { error: 'not_found' } };

/** Accounts of the caller's subsystem; a manager sees those of the unit acted for. */
export const listAccountsOperation: Operation<unknown, z.infer<typeof listQuery>> = {
  method: 'get',
  path: '/subsystem-accounts',
  operationId: 'listSubsystemAccounts',
  scope: 'accounts:read',
  summary: 'List accounts of your subsystem, by unit, place, status, role, the beginning of id or name',
  description: `Pages of ${PAGE_SIZE}; follow \`next\`. A person sees accounts of the unit their own account manages.`,
  query: listQuery,
  responses: { 200: 'One page' },
  handle: async ({ db, keyring }, { caller, query }) => {
    const { cursor: text, ...filter } = query;
    const sight = sightOf(caller);
    if (!sight) return { status: 403, body: { error: 'not_a_manager' } };
    const filters = { ...filter, subsystem: caller.subsystem.code, units: sight.unitCodes?.join(' ') };
    const after = startOf(keyring, 'api-accounts', filters, text);
    const found = await listAccounts(db, caller.subsystem.code, sight, { ...filter, after }, PAGE_SIZE + 1);
    const { rows, next } = pageOf(keyring, 'api-accounts', filters, found, ({ id }) => ({ value: id, id }));
    return { status: 200, body: { accounts: rows, ...(next !== undefined && { next }) } };
  },
};

export const readAccountOperation: Operation = {
  method: 'get',
  path: '/subsystem-accounts/{id}',
  operationId: 'readSubsystemAccount',
  scope: 'accounts:read',
  summary: 'Read one account of your subsystem',
  description:
    '`usable` says whether it is bound, and it and its person are active: whether it can be acted as now.',
  responses: { 200: 'The account', 404: 'None of that id within your sight' },
  handle: async ({ db }, { caller, params }) => {
    const sight = sightOf(caller);
    const id = accountId.safeParse(params['id']);
    const account =
      sight && id.success ? await findAccount(db, caller.subsystem.code, sight, id.data) : undefined;
    return account ? { status: 200, body: { ...account } } : NOT_FOUND;
  },
};

const accessSchema = z.strictObject({
  unit: unitCode,
  role: z.string().max(60),
  duty: z.string().max(60),
  menu_roles: z.array(z.string().max(60)).max(200),
  reason: z.string().trim().min(1).max(300),
});

/** What a subsystem that keeps its own accounts (binding by remote proof) says of one of them from now on. */
export const changeAccountOperation: Operation<z.infer<typeof accessSchema>> = {
  method: 'put',
  path: '/subsystem-accounts/{id}',
  operationId: 'changeSubsystemAccount',
  scope: 'accounts:write',
  summary: 'Tell the unit, role, duty and menu roles of an account kept at your subsystem',
  description:
    'Only for subsystems whose manifest proves accounts remotely. Codes are those of the manifest. What was granted under the old ones ends at once.',
  body: accessSchema,
  responses: {
    200: '`changed` says whether anything was different',
    403: 'Accounts of your subsystem are kept here',
    404: 'Not an account of your subsystem',
    422: 'A code that the manifest does not have, or a unit that there is not',
  },
  handle: async (deps, { caller, params, body }) => {
    const { manifest, code } = caller.subsystem;
    if (manifest.binding.proof !== 'remote') return { status: 403, body: { error: 'accounts_kept_here' } };
    const duty = manifest.duties.find((each) => each.code === body.duty);
    const given = [
      ...(manifest.roles.some((each) => each.code === body.role) ? [] : ['role']),
      ...(duty ? [] : ['duty']),
      ...(body.menu_roles.every((role) => duty?.menuRoles.includes(role)) ? [] : ['menu_roles']),
    ];
    return transact(deps.db, async (trx) => {
      const id = params['id'] ?? '';
      if (!(await findOwnAccount(trx, code, id))) return NOT_FOUND;
      const kind = await findUnitKind(trx, body.unit);
      const isWrongUnit = kind === undefined || (duty && !duty.unitKinds.includes(kind));
      const problems = [...given, ...(isWrongUnit ? ['unit'] : [])];
      if (problems.length > 0) return { status: 422, body: { error: 'unknown_code', problems } };
      const access = { unitCode: body.unit, role: body.role, duty: body.duty, menuRoles: body.menu_roles };
      const changed = await changeAccess(trx, id, { access, reason: `${caller.clientId}: ${body.reason}` });
      return { status: 200, body: { changed } };
    });
  },
};

/** Whom people of a unit turn to. */
export const listManagersOperation: Operation = {
  method: 'get',
  path: '/units/{code}/managers',
  operationId: 'listManagers',
  scope: 'managers:read',
  summary: 'List who manages a unit at your subsystem',
  description:
    'A person may ask about the unit of the account they act as; a manager about every unit in sight.',
  responses: { 200: 'The managers, none included', 404: 'Not a unit within your sight' },
  handle: async ({ db }, { caller, params }) => {
    const code = unitCode.safeParse(params['code']);
    if (!code.success) return NOT_FOUND;
    const isOwn = caller.kind === 'person' && caller.acting.unitCode === code.data;
    if (!isOwn && !sees(sightOf(caller), code.data)) return NOT_FOUND;
    const managing = caller.subsystem.manifest.roles
      .filter(({ manages }) => manages)
      .map((role) => role.code);
    const managers = await listManagers(db, caller.subsystem.code, code.data, managing);
    return { status: 200, body: { managers } };
  },
};
