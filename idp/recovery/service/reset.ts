import { transact } from '#db/transact.ts';
import type { FieldError } from '#templates/views.ts';
import { Fault } from '#kit/errors.ts';
import { digest } from '#kit/random.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import {
  type NewPasswordForm,
  PASSWORD_THROTTLE,
  changePassword,
  clearAttempts,
  newPasswordErrors,
  throttleSubject,
} from '../../authenticators/index.ts';
import { endEverywhere } from '../../sessions/index.ts';
import { nextStep } from '../policy.ts';
import { findLink, useLink } from '../store.ts';
import type { LinkStep, RecoveryDeps, ResetLink } from '../types.ts';

/** Where one link stands in one browser. */
export interface Visit {
  next: LinkStep;
  link?: ResetLink;
}

/** @param browser the secret that this browser was given when it proved the second factor */
export async function readVisit(
  deps: RecoveryDeps,
  token: string,
  browser: string | undefined,
): Promise<Visit> {
  const link = await findLink(deps.db, digest(token));
  const next = nextStep(link, browser === undefined ? undefined : digest(browser), deps.clock());
  return { next, ...(link && { link }) };
}

/**
 * Takes the new password: uses the link up, releases the lock, ends every session, tells the owner; nobody is
 * signed in by it (SM-13).
 * @returns errors, none when it is done
 * @throws Fault conflict when the link was used up meanwhile
 */
export async function chooseNewPassword(
  deps: RecoveryDeps,
  link: ResetLink,
  typed: NewPasswordForm,
  caller: Caller,
): Promise<FieldError[]> {
  const { owner } = link;
  const errors = await newPasswordErrors(deps, owner, typed);
  if (errors.length > 0) return errors;
  const hash = await deps.hasher.hash(typed.password);
  const at = deps.clock();
  await transact(deps.db, async (trx) => {
    if (!(await useLink(trx, link.digest, at))) throw new Fault('conflict');
    await changePassword(trx, deps, owner, { hash, at });
    await clearAttempts(
      trx,
      PASSWORD_THROTTLE,
      throttleSubject(deps.keyring, PASSWORD_THROTTLE, owner.loginName),
    );
    const ended = await endEverywhere(trx, owner.id, 'password_changed');
    await recordAudit(trx, {
      type: 'password.changed',
      accountId: owner.id,
      caller,
      details: { by: 'mailed_link', sessionsEnded: ended },
    });
  });
  return [];
}
