import type { FieldError } from '#templates/views.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import {
  type PasswordProblem,
  REMEMBERED_PASSWORDS,
  replacePassword,
  reviewNewPassword,
} from '../../authenticators/index.ts';
import type { SignInDeps } from '../deps.ts';
import type { InteractionFacts, Person } from '../types.ts';

const MESSAGES: Partial<Record<PasswordProblem, string>> = {
  too_long: 'change-password.too-long',
  contains_name: 'change-password.contains-name',
  common: 'change-password.common',
  recently_used: 'change-password.used-before',
};

/** Replaces a password that must be replaced before the journey goes on. @returns errors, none when it is done */
export async function changePassword(
  deps: SignInDeps,
  facts: InteractionFacts,
  person: Person,
  form: { password: string; repeat: string },
  caller: Caller,
): Promise<FieldError[]> {
  const missing: FieldError[] = [];
  if (form.password === '') missing.push({ field: 'new_password', key: 'change-password.new-required' });
  if (form.repeat === '') missing.push({ field: 'repeat_password', key: 'change-password.repeat-required' });
  if (missing.length > 0) return missing;
  if (form.password !== form.repeat) {
    return [{ field: 'repeat_password', key: 'change-password.not-same' }];
  }
  const accountId = person.id;
  const candidate = { accountId, owner: person, password: form.password };
  const problems = await reviewNewPassword(deps.db, deps.hasher, deps.rules, candidate);
  if (problems.length > 0) {
    const keys = new Set(problems.map((problem) => MESSAGES[problem] ?? 'change-password.too-weak'));
    return Array.from(keys, (key) => ({ field: 'new_password', key }));
  }

  const credential = { accountId, hash: await deps.hasher.hash(form.password), mustChange: false };
  await deps.db.transaction().execute(async (trx) => {
    await replacePassword(trx, { ...credential, at: deps.clock() }, REMEMBERED_PASSWORDS - 1);
    await deps.onPasswordChanged(trx, facts, accountId);
    await recordAudit(trx, { type: 'password.changed', accountId, clientId: facts.clientId, caller });
  });
  return [];
}
