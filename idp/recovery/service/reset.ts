import type { FieldError } from '#templates/views.ts';
import { Fault } from '#kit/errors.ts';
import { MINUTE, after } from '#kit/clock.ts';
import { digest, randomToken } from '#kit/random.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import {
  type NewPasswordForm,
  PASSWORD_THROTTLE,
  TOTP_THROTTLE,
  changePassword,
  clearAttempts,
  newPasswordErrors,
  redeemTotp,
  throttleSubject,
  throttled,
} from '../../authenticators/index.ts';
import { endSessions, lockOtherSessions } from '../../sessions/index.ts';
import { nextStep } from '../policy.ts';
import { findLink, saveProof, useLink } from '../store.ts';
import type { LinkStep, RecoveryDeps, ResetLink } from '../types.ts';

const PROOF_MS = 10 * MINUTE;

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

/** The second factor, where the owner has one, before a new password is taken. @returns the browser's secret */
export async function proveSecondFactor(
  deps: RecoveryDeps,
  link: ResetLink,
  typed: string,
  caller: Caller,
): Promise<{ browser: string } | { errors: FieldError[] }> {
  if (typed.trim() === '') return { errors: [{ field: 'code', key: 'second-factor.required' }] };
  const now = deps.clock();
  const accountId = link.owner.id;
  const subject = throttleSubject(deps.keyring, TOTP_THROTTLE, accountId);
  const verdict = await throttled(
    deps.db,
    TOTP_THROTTLE,
    subject,
    now,
    async (allowed) => allowed && redeemTotp(deps.db, deps.keyring, { accountId, typed, now }),
  );
  if (verdict !== 'right') {
    const reason = verdict === 'locked' ? 'locked' : 'wrong_code';
    const details = { locks: verdict === 'wrong_and_locks' };
    await recordAudit(deps.db, { type: 'second_factor.refused', reason, accountId, caller, details });
    return { errors: [{ field: 'code', key: 'second-factor.wrong' }] };
  }
  const browser = randomToken();
  const proof = { browserDigest: digest(browser), until: after(now, PROOF_MS) };
  await saveProof(deps.db, link.digest, proof);
  await recordAudit(deps.db, { type: 'second_factor.verified', accountId, caller });
  return { browser };
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
  await deps.db.transaction().execute(async (trx) => {
    if (!(await useLink(trx, link.digest, at))) throw new Fault('conflict');
    await changePassword(trx, deps, owner, { hash, at });
    await clearAttempts(
      trx,
      PASSWORD_THROTTLE,
      throttleSubject(deps.keyring, PASSWORD_THROTTLE, owner.loginName),
    );
    const ended = await endSessions(
      trx,
      await lockOtherSessions(trx, owner.id, undefined),
      'password_changed',
    );
    await recordAudit(trx, {
      type: 'password.changed',
      accountId: owner.id,
      caller,
      details: { by: 'mailed_link', sessionsEnded: ended },
    });
  });
  return [];
}
