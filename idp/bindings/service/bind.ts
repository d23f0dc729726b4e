import { UNIQUE_VIOLATION, isSqlState } from '#db/handle.ts';
import type { Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import {
  BINDING_THROTTLE,
  PASSWORD_THROTTLE,
  throttleSubject,
  throttled,
} from '../../authenticators/index.ts';
import { bindingNameProblem, decideBinding, normaliseBindingName } from '../policy.ts';
import { findTarget } from '../store/target.ts';
import type { BindingTarget } from '../types.ts';
import type { Subsystem } from '../../subsystems/index.ts';
import { attach } from './attach.ts';
import { bindRemote } from './bind-remote.ts';
import type { BindingDeps } from './deps.ts';

export interface BindingRequest {
  name: string;
  subsystemCode: string;
  subsystemAccountId: string;
  password: string;
}

export interface Owner {
  accountId: string;
  loginName: string;
}

/** `failed` is one answer for everything that only the rightful owner may learn more about. */
export type BindingProblem =
  | 'name_missing'
  | 'name_too_long'
  | 'name_taken'
  | 'subsystem_missing'
  | 'account_missing'
  | 'password_missing'
  | 'already_yours'
  | 'failed'
  /** The subsystem does not answer, or not with what can be used. */
  | 'unreachable'
  | 'unusable';

/**
 * Binds a subsystem account whose password the person proves. Unknown, wrong, locked, disabled and another
 * person's get one answer for one amount of work: the same queries, one hash, one audit record, which alone
 * holds the reason. Every failure counts against the target, whoever tries: three in a row lock it for half
 * an hour. A binding of another entry account of the same person moves.
 */
export async function bind(
  deps: BindingDeps,
  owner: Owner,
  request: BindingRequest,
  caller: Caller,
): Promise<BindingProblem[]> {
  const name = normaliseBindingName(request.name);
  const id = request.subsystemAccountId.normalize('NFKC').trim();
  const incomplete = missing(name, { ...request, subsystemAccountId: id });
  if (incomplete.length > 0) return incomplete;

  const now = deps.clock();
  const target = await findTarget(deps.db, id, owner.accountId);
  if (target?.binding?.accountId === owner.accountId) return ['already_yours'];
  const there = remoteOf(deps, request.subsystemCode, target);
  if (there) {
    return bindRemote(deps, owner, there, { name, account: id, password: request.password }, caller);
  }
  const decision = decideBinding(target, request.subsystemCode);
  const proof = target?.proof;
  // an own password tried here is a try at that password: it counts with those at sign-in
  const rule = proof?.kind === 'own' ? PASSWORD_THROTTLE : BINDING_THROTTLE;
  const subject = throttleSubject(deps.keyring, rule, proof?.kind === 'own' ? owner.loginName : id);
  let known = false;
  const verdict = await throttled(deps.db, rule, subject, now, async (allowed) => {
    known = await deps.hasher.verify(allowed ? proof?.hash : undefined, request.password);
    return known && decision.allowed;
  });
  const event = { accountId: owner.accountId, caller };
  if (verdict !== 'right' || !target) {
    const hidden = !decision.allowed && (known || decision.reason === 'unknown_account');
    const reason = hidden ? decision.reason : 'wrong_password';
    await recordAudit(deps.db, {
      type: 'binding.refused',
      reason: verdict === 'locked' ? 'locked' : reason,
      ...event,
      ...(target && { toSubsystemAccountId: target.id }),
      details: { locks: verdict === 'wrong_and_locks' },
    });
    return ['failed'];
  }
  try {
    return await transact(deps.db, (trx) => write(deps, trx, target, owner, name, caller));
  } catch (error) {
    if (isSqlState(error, UNIQUE_VIOLATION)) return ['name_taken'];
    throw error;
  }
}

/** The subsystem, when it is to be asked: it proves its accounts, and nothing here proves this one. */
function remoteOf(
  { registry }: BindingDeps,
  code: string,
  target: BindingTarget | undefined,
): Subsystem | undefined {
  if (target?.subsystemCode === code && target.proof) return undefined;
  const client = registry.list().find(({ subsystem }) => subsystem?.code === code);
  return client?.active && client.subsystem?.manifest.binding.proof === 'remote'
    ? client.subsystem
    : undefined;
}

function missing(name: string, request: BindingRequest): BindingProblem[] {
  const problem = bindingNameProblem(name);
  const checks: [boolean, BindingProblem][] = [
    [problem === 'missing', 'name_missing'],
    [problem === 'too_long', 'name_too_long'],
    [request.subsystemCode === '', 'subsystem_missing'],
    [request.subsystemAccountId === '', 'account_missing'],
    [request.password === '', 'password_missing'],
  ];
  return checks.filter(([fails]) => fails).map(([, reason]) => reason);
}

/** Looks once more, now that the account holds still: what was proven must still be what is there. */
async function write(
  deps: BindingDeps,
  trx: Trx,
  proven: BindingTarget,
  { accountId }: Owner,
  name: string,
  caller: Caller,
): Promise<BindingProblem[]> {
  const target = await findTarget(trx, proven.id, accountId, true);
  if (target?.binding?.accountId === accountId) return ['already_yours'];
  const unchanged = target?.proof?.hash === proven.proof?.hash;
  if (!target || !unchanged || !decideBinding(target, proven.subsystemCode).allowed) return ['failed'];
  await attach(deps, trx, target, { accountId, name }, caller);
  return [];
}
