import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import {
  nationalIdKind,
  normaliseNationalId,
  sealNationalId,
  settleNationalIdIndex,
} from '../../accounts/index.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import { type ProfileProblem, normaliseText, profileProblems } from '../policy.ts';
import { findProfile, updateNationalId, updateProfile } from '../store.ts';
import type { Profile, ProfileChanges } from '../types.ts';
import type { ProfileDeps } from './deps.ts';

export async function getProfile(deps: ProfileDeps, accountId: string): Promise<Profile> {
  const profile = await findProfile(deps.db, accountId, deps.clock());
  if (!profile) throw new Fault('account_unavailable');
  return profile;
}

/** Changes what a person may change of their own account. @returns what is wrong; nothing when it is done */
export async function changeProfile(
  deps: ProfileDeps,
  accountId: string,
  typed: ProfileChanges,
  caller: Caller,
): Promise<ProfileProblem[]> {
  const now = await getProfile(deps, accountId);
  const entries = Object.entries(typed).map(([name, text]) => [name, normaliseText(String(text))]);
  const changes = Object.fromEntries(entries) as unknown as ProfileChanges;
  const problems = profileProblems(changes, now.email);
  if (problems.length > 0) return problems;
  const changed = (Object.keys(changes) as (keyof ProfileChanges)[]).filter(
    (name) => changes[name] !== now[name],
  );
  if (changed.length === 0) return [];
  await transact(deps.db, async (trx) => {
    await updateProfile(trx, accountId, changes);
    await recordAudit(trx, { type: 'profile.changed', accountId, caller, details: { fields: changed } });
  });
  return [];
}

/**
 * Replaces the ID number. It then counts as declared by its owner only, and proves no further subsystem account
 * until somebody who reviews has confirmed it.
 */
export async function changeNationalId(
  deps: ProfileDeps,
  accountId: string,
  typed: string,
  caller: Caller,
): Promise<'invalid' | undefined> {
  const at = deps.clock();
  if (nationalIdKind(typed, at) === undefined) return 'invalid';
  const number = normaliseNationalId(typed);
  await transact(deps.db, async (trx) => {
    const { index } = await settleNationalIdIndex(trx, deps.keyring, number);
    await updateNationalId(trx, accountId, {
      sealed: sealNationalId(deps.keyring, number, accountId),
      index,
      declaredAt: at,
    });
    const details = { fields: ['nationalId'] };
    await recordAudit(trx, { type: 'profile.changed', accountId, caller, details });
  });
  return undefined;
}
