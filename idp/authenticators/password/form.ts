import type { Db } from '#db/idp/tables.ts';
import type { FieldError } from '#templates/views.ts';
import type { PasswordHasher } from './hasher.ts';
import type { PasswordOwner, PasswordProblem, PasswordRules } from './policy.ts';
import { reviewNewPassword } from './service.ts';

const MESSAGES: Partial<Record<PasswordProblem, string>> = {
  too_long: 'change-password.too-long',
  contains_name: 'change-password.contains-name',
  common: 'change-password.common',
  breached: 'change-password.breached',
  recently_used: 'change-password.used-before',
};

export interface NewPasswordForm {
  password: string;
  repeat: string;
}

/** What speaks against a typed new password, in words for its two fields; nothing when it may be taken. */
export async function newPasswordErrors(
  deps: { db: Db; hasher: PasswordHasher; rules: PasswordRules },
  owner: PasswordOwner & { id: string },
  typed: NewPasswordForm,
): Promise<FieldError[]> {
  const missing: FieldError[] = [];
  if (typed.password === '') missing.push({ field: 'new_password', key: 'change-password.new-required' });
  if (typed.repeat === '') missing.push({ field: 'repeat_password', key: 'change-password.repeat-required' });
  if (missing.length > 0) return missing;
  if (typed.password !== typed.repeat) {
    return [{ field: 'repeat_password', key: 'change-password.not-same' }];
  }
  const candidate = { accountId: owner.id, owner, password: typed.password };
  const problems = await reviewNewPassword(deps.db, deps.hasher, deps.rules, candidate);
  const keys = new Set(problems.map((problem) => MESSAGES[problem] ?? 'change-password.too-weak'));
  return Array.from(keys, (key) => ({ field: 'new_password', key }));
}
