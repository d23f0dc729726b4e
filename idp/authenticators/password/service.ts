import type { Db, Trx } from '#db/idp/tables.ts';
import { isBreachedPassword } from '../breached/service.ts';
import type { PasswordHasher } from './hasher.ts';
import {
  type PasswordOwner,
  type PasswordProblem,
  type PasswordRules,
  REMEMBERED_PASSWORDS,
  passwordProblems,
} from './policy.ts';
import { listRecentHashes, replacePassword } from './store.ts';

/**
 * Puts a password in force without asking the rules: for seeds and imports. `mustChange` makes its owner choose
 * another at the next sign-in.
 */
export async function setPassword(
  trx: Trx,
  hasher: PasswordHasher,
  credential: { accountId: string; password: string; at: Date; mustChange?: boolean },
): Promise<void> {
  const { accountId, password, at, mustChange = false } = credential;
  const hash = await hasher.hash(password);
  await replacePassword(trx, { accountId, hash, mustChange, at }, REMEMBERED_PASSWORDS - 1);
}

/** What speaks against this person's new password: the rules, leaked ones, and the passwords used lately. */
export async function reviewNewPassword(
  db: Db,
  hasher: PasswordHasher,
  rules: PasswordRules,
  candidate: { accountId: string; owner: PasswordOwner; password: string },
): Promise<PasswordProblem[]> {
  const problems = passwordProblems(candidate.password, candidate.owner, rules);
  if (problems.length > 0) return problems;
  if (await isBreachedPassword(db, candidate.password)) return ['breached'];
  for (const hash of await listRecentHashes(db, candidate.accountId, REMEMBERED_PASSWORDS)) {
    if (await hasher.verify(hash, candidate.password)) return ['recently_used'];
  }
  return [];
}
