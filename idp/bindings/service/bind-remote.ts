import { timingSafeEqual } from 'node:crypto';
import { UNIQUE_VIOLATION, isSqlState } from '#db/handle.ts';
import type { Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { normaliseNationalId, openNationalId } from '../../accounts/index.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import { BINDING_THROTTLE, throttleSubject, throttled } from '../../authenticators/index.ts';
import { lockManagerQuota } from '../../entitlements/index.ts';
import { changeAccess, insertSubsystemAccountFor, lockHeld } from '../../subsystem-accounts/index.ts';
import type { Subsystem } from '../../subsystems/index.ts';
import { findUnit } from '../../units/index.ts';
import { type RemoteRefusal, refuseRemote } from '../policy.ts';
import { NoAnswer, type ProvenAccount, askSubsystem } from '../remote/ask.ts';
import { holderProof } from '../remote/holder.ts';
import { findByRemoteName, findOwnership, findProver, saveRemoteName } from '../store/remote.ts';
import { attach } from './attach.ts';
import type { BindingProblem, Owner } from './bind.ts';
import type { BindingDeps } from './deps.ts';

interface RemoteRequest {
  name: string;
  /** As typed: our id of the account, or what the subsystem calls it. */
  account: string;
  password: string;
}

/**
 * SM-07 where the subsystem keeps the passwords: it is asked, and its answer says what the account may do. What is
 * neither proven nor the same person's gets the one answer that says nothing, and counts against the account, here
 * as everywhere; a subsystem that does not answer counts against nobody.
 */
export async function bindRemote(
  deps: BindingDeps,
  owner: Owner,
  subsystem: Subsystem,
  request: RemoteRequest,
  caller: Caller,
): Promise<BindingProblem[]> {
  const { code, manifest } = subsystem;
  const { accountId } = owner;
  const { account, password, name } = request;
  if (manifest.binding.proof !== 'remote') throw new Error(`${code} keeps its passwords here`);
  const { endpoint } = manifest.binding;
  const known = await findByRemoteName(deps.db, code, account);
  const subject = throttleSubject(deps.keyring, BINDING_THROTTLE, known ?? `${code}/${account}`);
  let reason: RemoteRefusal | 'locked' | 'wrong_password' | 'unreachable' = 'wrong_password';
  let proven: ProvenAccount | undefined;
  const refused = async (problem: BindingProblem, locks = false): Promise<BindingProblem[]> => {
    const event = { type: 'binding.refused' as const, reason, accountId, caller };
    const target = known !== undefined && { toSubsystemAccountId: known };
    await recordAudit(deps.db, { ...event, ...target, details: { locks, subsystem: code, remote: true } });
    return [problem];
  };
  try {
    const verdict = await throttled(deps.db, BINDING_THROTTLE, subject, deps.clock(), async (allowed) => {
      if (!allowed) return false; // a guess that cannot count is not handed on
      const { answer, salt } = await askSubsystem(deps, endpoint, { account, password });
      if (!answer.proven) return false;
      proven = answer;
      if (await isSamePerson(deps, accountId, answer, salt)) return true;
      reason = 'other_person';
      return false;
    });
    if (verdict === 'locked') reason = 'locked';
    if (verdict !== 'right' || !proven) return await refused('failed', verdict === 'wrong_and_locks');
    const answer = proven;
    const outcome = await transact(deps.db, (trx) =>
      write(deps, trx, subsystem, answer, { accountId, name }, caller),
    );
    if (outcome === 'done') return [];
    if (outcome === 'already_yours') return ['already_yours'];
    reason = outcome;
    return await refused(outcome === 'other_person' || outcome === 'not_active' ? 'failed' : 'unusable');
  } catch (error) {
    if (isSqlState(error, UNIQUE_VIOLATION)) return ['name_taken'];
    if (!(error instanceof NoAnswer)) throw error;
    reason = 'unreachable';
    return refused('unreachable');
  }
}

/** Whether the account's holder has the ID number of whoever asks, as far as that number itself is certain. */
async function isSamePerson(
  { db, keyring }: BindingDeps,
  accountId: string,
  { holder }: ProvenAccount,
  salt: Buffer,
): Promise<boolean> {
  const prover = await findProver(db, accountId);
  if (!prover) return false;
  const nationalId = normaliseNationalId(openNationalId(keyring, prover.nationalIdSealed, accountId));
  const expected = await holderProof(nationalId, salt);
  const matches = timingSafeEqual(expected, Buffer.from(holder, 'base64url'));
  return matches && prover.isProven;
}

/** Takes the account in as the subsystem describes it, and looks at everything once more while it holds still. */
async function write(
  deps: BindingDeps,
  trx: Trx,
  subsystem: Subsystem,
  answer: ProvenAccount,
  { accountId, name }: { accountId: string; name: string },
  caller: Caller,
): Promise<'done' | 'already_yours' | RemoteRefusal> {
  const { code, suffix, manifest } = subsystem;
  const prover = await findProver(trx, accountId, true);
  const unit = await findUnit(trx, answer.unit);
  const id = await findByRemoteName(trx, code, answer.account);
  const held = id === undefined ? undefined : await lockHeld(trx, id);
  const owned = held && (await findOwnership(trx, held.id));
  if (owned?.binding?.accountId === accountId) return 'already_yours';
  const access = {
    unitCode: answer.unit,
    role: answer.role,
    duty: answer.duty,
    menuRoles: answer.menu_roles,
  };
  const quota = unit ? await lockManagerQuota(trx, { unitCode: unit.code, manifest }) : { used: 0, limit: 0 };
  const refusal = refuseRemote(manifest, access, {
    unit,
    quota,
    held,
    isHolder: prover?.isProven === true && (owned?.nationalIdIndex.equals(prover.nationalIdIndex) ?? true),
  });
  if (refusal !== undefined) return refusal;
  const because = { reason: 'remote_proof', actorAccountId: accountId };
  const target =
    held?.id ??
    (await insertSubsystemAccountFor(trx, { accountId, subsystemCode: code, suffix, fields: {}, ...access }));
  if (target === undefined) return 'ids_used_up';
  if (held) await changeAccess(trx, held.id, { access, ...because });
  await saveRemoteName(trx, { id: target, subsystemCode: code, name: answer.account });
  const found = { id: target, subsystemCode: code, binding: owned?.binding };
  await attach(deps, trx, found, { accountId, name }, caller);
  return 'done';
}
