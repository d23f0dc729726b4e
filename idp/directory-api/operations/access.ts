import { z } from 'zod';
import { reinstate } from '../../life-cycle/index.ts';
import {
  type AccessOutcome,
  type AdministeredAccount,
  changeAccount,
  formOf,
  getAdministered,
  lookOnlyRefusal,
  readOffer,
} from '../../subsystem-account-administration/index.ts';
import type { ApiAnswer, DirectoryApiDeps, Operation } from '../types.ts';
import { accountId, code, reason } from './paging.ts';
import { type Administration, NOT_FOUND, NOT_PERMITTED, administering } from './standing.ts';

const access = z.strictObject({
  role: code,
  duty: code,
  menu_roles: z.array(code).max(200),
  status: z.enum(['active', 'disabled']),
});

/** P-51: an account's access as its form needs it: what is in force, what may be given, why it may only be read. */
export const readAccessOperation: Operation = {
  method: 'get',
  path: '/subsystem-accounts/{id}/access',
  operationId: 'readAccess',
  scope: 'accounts:read',
  summary: 'Read what an account may do, and what it may be given',
  responses: {
    200: 'The account; `look_only` says why you may not change it',
    404: 'None within your sight',
  },
  handle: async (deps, { caller, params, from }) => {
    const at = administering(caller, from, 'subsystem_accounts.read');
    const account = at && (await findHere(deps, at, caller.subsystem.code, params['id']));
    if (!at || !account) return NOT_FOUND;
    const offer = await readOffer(deps, deps.db, at.as, account);
    const lookOnly = await lookOnlyRefusal(deps, at.as, account);
    return {
      status: 200,
      body: {
        id: account.id,
        holder_name: account.holderName,
        unit: { code: account.unitCode, name: account.unitName, name_en: account.unitNameEn },
        status: account.status,
        access: toWire(formOf(account)),
        ...(lookOnly && { look_only: lookOnly }),
        roles: offer.roles.map(({ code: role, manages }) => ({ code: role, manages })),
        duties: offer.duties.map(({ code: duty, menuRoles }) => ({ code: duty, menu_roles: menuRoles })),
        managers: { used: offer.quota.used, limit: offer.quota.limit },
        may_make_managers: offer.mayMakeManagers,
      },
    };
  },
};

const changeSchema = z.strictObject({ access, was: access, reason: z.string().trim().max(500).default('') });

export const changeAccessOperation: Operation<z.infer<typeof changeSchema>> = {
  method: 'put',
  path: '/subsystem-accounts/{id}/access',
  operationId: 'changeAccess',
  scope: 'accounts:change',
  summary: 'Give an account another role, duty, menu roles or status',
  description: '`was` is what you read: whoever changed it since comes first. Disabling wants a reason.',
  body: changeSchema,
  responses: {
    200: 'Changed; what was granted under the old access has ended',
    403: 'Not an account you may change: `error` says why',
    404: 'None within your sight',
    409: 'Changed by somebody else meanwhile: `in_force` is what it is now',
    422: 'Not to be given: `field` and `error` say what and why',
  },
  handle: async (deps, { caller, params, body, from }) => {
    const at = administering(caller, from, 'subsystem_accounts.change');
    if (!at) return NOT_PERMITTED;
    const account = await findHere(deps, at, caller.subsystem.code, params['id']);
    if (!account) return NOT_FOUND;
    const disables = body.access.status === 'disabled' && body.was.status === 'active';
    if (disables && body.reason === '')
      return { status: 422, body: { error: 'reason_missing', field: 'reason' } };
    const form = fromWire(body.access);
    const asked = { form, was: fromWire(body.was), reason: body.reason };
    return answerOf(await changeAccount(deps, at.doer, account.id, asked));
  },
};

const reasonSchema = z.strictObject({ reason });

/** SM-11: who may reinstate whom is the life cycle's rule. */
export const reinstateOperation: Operation<z.infer<typeof reasonSchema>> = {
  method: 'post',
  path: '/subsystem-accounts/{id}/reinstatement',
  operationId: 'reinstateAccount',
  scope: 'accounts:change',
  summary: 'Reinstate a suspended account',
  body: reasonSchema,
  responses: {
    200: 'Reinstated; its holder is told, and changes the password next',
    403: 'Not yours to reinstate: `error` says why',
    404: 'None within your sight',
    409: 'Not suspended any more',
  },
  handle: async (deps, { caller, params, body, from }) => {
    const at = administering(caller, from, 'subsystem_accounts.reinstate');
    if (!at) return NOT_PERMITTED;
    const account = await findHere(deps, at, caller.subsystem.code, params['id']);
    if (!account) return NOT_FOUND;
    const { accountId: id, role, unitCode } = at.as;
    const outcome = await reinstate(deps, account.id, body.reason, { accountId: id, role, unitCode });
    if (outcome.reinstated) return { status: 200, body: { status: 'active' } };
    const isRule = ['own_account', 'not_a_manager', 'other_unit', 'needs_hpa_admin'].includes(outcome.reason);
    return { status: isRule ? 403 : 409, body: { error: outcome.reason } };
  },
};

/** An account of this very subsystem in reach; everything else is as good as not there. */
async function findHere(
  { db }: DirectoryApiDeps,
  { reach }: Administration,
  subsystemCode: string,
  id: string | undefined,
): Promise<AdministeredAccount | undefined> {
  const read = accountId.safeParse(id);
  if (!read.success) return undefined;
  const account = await getAdministered(db, reach, read.data);
  return account.subsystemCode === subsystemCode ? account : undefined;
}

function answerOf(outcome: AccessOutcome): ApiAnswer {
  if (outcome.done) return { status: 200, body: { status: 'changed' } };
  if ('refusal' in outcome) return { status: 403, body: { error: outcome.refusal } };
  if ('inForce' in outcome)
    return { status: 409, body: { error: 'changed_meanwhile', in_force: toWire(outcome.inForce) } };
  return { status: 422, body: { error: outcome.reason, field: outcome.field } };
}

function toWire({ role, duty, menuRoles, status }: ReturnType<typeof formOf>): z.infer<typeof access> {
  return { role, duty, menu_roles: menuRoles, status };
}

function fromWire({ role, duty, menu_roles: menuRoles, status }: z.infer<typeof access>) {
  return { role, duty, menuRoles: [...new Set(menuRoles)], status };
}
