import type { Db } from '#db/idp/tables.ts';
import type { FieldError } from '#templates/views.ts';
import { type PasswordRules, isBreachedPassword } from '../../authenticators/index.ts';
import { passwordErrors } from '../personal.ts';
import type { Personal } from '../types.ts';

/** P-16: everything wrong with a password typed twice, the list of leaked ones included. */
export async function typedPasswordErrors(
  deps: { db: Db; rules: PasswordRules },
  typed: { password: string; repeat: string },
  personal: Personal,
  kept: boolean,
): Promise<FieldError[]> {
  const errors = passwordErrors(typed, personal, deps.rules, kept);
  if (errors.length > 0 || typed.password === '') return errors;
  if (!(await isBreachedPassword(deps.db, typed.password))) return [];
  return [{ field: 'new_password', key: 'change-password.breached' }];
}
