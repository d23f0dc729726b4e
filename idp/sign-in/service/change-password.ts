import { transact } from '#db/transact.ts';
import type { FieldError } from '#templates/views.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import {
  type NewPasswordForm,
  changePassword as putInForce,
  newPasswordErrors,
} from '../../authenticators/index.ts';
import type { SignInDeps } from '../deps.ts';
import type { InteractionFacts, Person } from '../types.ts';

/** Replaces a password that must be replaced before the journey goes on. @returns errors, none when it is done */
export async function changePassword(
  deps: SignInDeps,
  facts: InteractionFacts,
  person: Person,
  form: NewPasswordForm,
  caller: Caller,
): Promise<FieldError[]> {
  const errors = await newPasswordErrors(deps, person, form);
  if (errors.length > 0) return errors;
  const accountId = person.id;
  const hash = await deps.hasher.hash(form.password);
  await transact(deps.db, async (trx) => {
    await putInForce(trx, deps, person, { hash, at: deps.clock() });
    await deps.onPasswordChanged(trx, facts, accountId);
    await recordAudit(trx, { type: 'password.changed', accountId, clientId: facts.clientId, caller });
  });
  return [];
}
