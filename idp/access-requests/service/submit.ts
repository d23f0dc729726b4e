import { UNIQUE_VIOLATION, isSqlState } from '#db/handle.ts';
import type { Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import type { SubsystemChoice } from '../../subsystems/index.ts';
import { chainOf } from '../policy.ts';
import { recordEvent } from '../store/history.ts';
import { findRequest, insertRequest, lockRequest, updateRequest } from '../store/requests.ts';
import { type Applicant, findApplicant } from '../store/wishes.ts';
import type { AccessRequest, AccessRequestDeps, ApprovalRefusal } from '../types.ts';
import { enterStep } from './enter.ts';
import { type WholeWish, readRefusal } from './facts.ts';

export type SubmissionRefusal = ApprovalRefusal | 'already_requested' | 'not_returned';
export type Submission = { sent: true } | { sent: false; reason: SubmissionRefusal };

export interface Submitted extends WholeWish {
  /** Made with the form, so that one form sent twice is one request. */
  id: string;
  accountId: string;
  reason: string;
}

/**
 * SM-04, SM-06: sends a request to the reviewers of its first step. The same form again changes nothing.
 * @throws Fault not_found when the id is another person's request
 */
export async function submitRequest(
  deps: AccessRequestDeps,
  asked: Submitted,
  caller: Caller,
): Promise<Submission> {
  return transact(deps.db, async (trx): Promise<Submission> => {
    const before = await findRequest(trx, asked.id);
    if (before && before.accountId !== asked.accountId) throw new Fault('not_found');
    if (before) return { sent: true };
    const applicant = await getApplicant(trx, deps, asked.accountId);
    const reason = await readRefusal(trx, deps, asked, applicant, { last: false, proven: false });
    if (reason !== undefined) return { sent: false, reason };
    await open(trx, deps, asked, applicant, caller);
    return { sent: true };
  }).catch(refusedAsDouble);
}

/** SM-04: sends a returned request anew, corrected; its steps begin again. @throws Fault not_found */
export async function resubmitRequest(
  deps: AccessRequestDeps,
  asked: Omit<Submitted, 'kind' | 'subsystemCode' | 'subsystemAccountId' | 'before'>,
  caller: Caller,
): Promise<Submission> {
  return transact(deps.db, async (trx): Promise<Submission> => {
    const request = await lockRequest(trx, asked.id);
    if (request?.accountId !== asked.accountId) throw new Fault('not_found');
    if (request.status !== 'returned') return { sent: false, reason: 'not_returned' };
    const { unitCode, role, duty, menuRoles, fields } = asked;
    const corrected = { ...request, unitCode, role, duty, menuRoles, fields, reason: asked.reason };
    const applicant = await getApplicant(trx, deps, asked.accountId);
    const reason = await readRefusal(trx, deps, corrected, applicant, { last: false, proven: false });
    if (reason !== undefined) return { sent: false, reason };
    const at = deps.clock();
    const chain = chainFor(deps, corrected);
    const next: AccessRequest = {
      ...corrected,
      status: 'submitted',
      chain,
      step: 0,
      round: request.round + 1,
    };
    await updateRequest(trx, request.id, {
      status: 'submitted',
      unit_code: unitCode,
      role,
      duty,
      menu_roles: menuRoles,
      fields,
      reason: asked.reason,
      chain,
      step: 0,
      round: next.round,
      submitted_at: at,
      updated_at: at,
    });
    await announce(trx, deps, next, applicant, caller);
    return { sent: true };
  }).catch(refusedAsDouble);
}

/** P-17: what was ticked in an application for an account enters review once the account is there. */
export async function openRequests(
  trx: Trx,
  deps: AccessRequestDeps,
  of: { accountId: string; unitCode: string },
  choices: SubsystemChoice[],
): Promise<void> {
  if (choices.length === 0) return;
  const applicant = await getApplicant(trx, deps, of.accountId);
  for (const { code: subsystemCode, ...choice } of choices) {
    const change = { subsystemAccountId: null, before: null, reason: '' };
    const id = crypto.randomUUID();
    await open(trx, deps, { id, kind: 'account', subsystemCode, ...of, ...choice, ...change }, applicant);
  }
}

async function open(
  trx: Trx,
  deps: AccessRequestDeps,
  asked: Submitted,
  applicant: Applicant,
  caller?: Caller,
): Promise<void> {
  const chain = chainFor(deps, asked);
  const at = deps.clock();
  if (!(await insertRequest(trx, { ...asked, chain, at }))) return;
  const place = { step: 0, level: 'own' as const, round: 1, version: 1, createdAt: at, submittedAt: at };
  await announce(trx, deps, { ...asked, chain, status: 'submitted', ...place }, applicant, caller);
}

async function announce(
  trx: Trx,
  deps: AccessRequestDeps,
  request: AccessRequest,
  applicant: Applicant,
  caller: Caller | undefined,
): Promise<void> {
  const { id, accountId, kind, subsystemCode, unitCode, subsystemAccountId, round } = request;
  const entered = await enterStep(trx, deps, request, applicant);
  await recordEvent(trx, entered, {
    at: deps.clock(),
    deed: 'submitted',
    actorAccountId: accountId,
    comment: request.reason,
  });
  await recordAudit(trx, {
    type: 'access_request.submitted',
    accountId,
    ...(subsystemAccountId !== null && { toSubsystemAccountId: subsystemAccountId }),
    ...(caller && { caller }),
    details: { request: id, kind, subsystem: subsystemCode, unit: unitCode, round },
  });
}

function chainFor(
  deps: AccessRequestDeps,
  { subsystemCode, role }: { subsystemCode: string; role: string },
): string[] {
  const manifest = deps.registry.subsystem(subsystemCode)?.manifest;
  return manifest ? chainOf(manifest, role) : ['hpa_admin'];
}

async function getApplicant(trx: Trx, deps: AccessRequestDeps, accountId: string): Promise<Applicant> {
  const applicant = await findApplicant(trx, accountId, deps.clock(), true);
  if (!applicant) throw new Fault('not_found');
  return applicant;
}

function refusedAsDouble(error: unknown): Submission {
  if (isSqlState(error, UNIQUE_VIOLATION)) return { sent: false, reason: 'already_requested' };
  throw error;
}
