import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import type { Clock } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { FieldError } from '#templates/views.ts';
import { type Caller, recordAudit } from '../audit/index.ts';
import {
  PASSWORD_THROTTLE,
  type PasswordHasher,
  type PasswordRules,
  changePassword,
  newPasswordErrors,
  queueLockNotice,
  throttleSubject,
  throttled,
} from '../authenticators/index.ts';
import { type BrowserSession, endEverywhere } from '../sessions/index.ts';
import { isTooYoung } from './policy.ts';
import { type Holder, findHolder } from './store.ts';

export interface PasswordChangeDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  hasher: PasswordHasher;
  rules: PasswordRules;
  issuer: string;
}

export interface PasswordChangeForm {
  current: string;
  password: string;
  repeat: string;
}

/**
 * Changes the password of whoever is signed in (P-26). The present one counts like a sign-in's: three wrong ones
 * lock. Every other session ends, this one goes on.
 * @returns errors, none when it is done
 * @throws Fault forbidden when the person has no password
 */
export async function changeOwnPassword(
  deps: PasswordChangeDeps,
  session: BrowserSession,
  typed: PasswordChangeForm,
  caller: Caller,
): Promise<FieldError[]> {
  if (typed.current === '') return [{ field: 'current_password', key: 'own-password.current-required' }];
  const holder = await findHolder(deps.db, session.accountId);
  if (!holder) throw new Fault('forbidden');
  const refusal = await proveCurrent(deps, holder, typed.current, caller);
  if (refusal) return [refusal];
  const now = deps.clock();
  if (isTooYoung(holder, deps.rules, now)) {
    return [{ field: 'new_password', key: 'own-password.too-young' }];
  }
  const errors = await newPasswordErrors(deps, holder, typed);
  if (errors.length > 0) return errors;
  const hash = await deps.hasher.hash(typed.password);
  await transact(deps.db, async (trx) => {
    await changePassword(trx, deps, holder, { hash, at: now });
    const ended = await endEverywhere(trx, holder.id, 'password_changed', session.uid);
    await recordAudit(trx, {
      type: 'password.changed',
      accountId: holder.id,
      sessionUid: session.uid,
      caller,
      details: { by: 'owner', sessionsEnded: ended },
    });
  });
  return [];
}

/** @returns what to tell when it is not the present password, or may not be tried */
async function proveCurrent(
  deps: PasswordChangeDeps,
  holder: Holder,
  typed: string,
  caller: Caller,
): Promise<FieldError | undefined> {
  const now = deps.clock();
  const subject = throttleSubject(deps.keyring, PASSWORD_THROTTLE, holder.loginName);
  const verdict = await throttled(deps.db, PASSWORD_THROTTLE, subject, now, (allowed) =>
    deps.hasher.verify(allowed ? holder.hash : undefined, typed),
  );
  if (verdict === 'right') return undefined;
  const locks = verdict === 'wrong_and_locks';
  await transact(deps.db, async (trx) => {
    await recordAudit(trx, {
      type: 'password_change.refused',
      reason: verdict === 'locked' ? 'locked' : 'wrong_password',
      accountId: holder.id,
      caller,
      details: { locks },
    });
    if (locks) await queueLockNotice(trx, deps, holder, now);
  });
  return { field: 'current_password', key: 'own-password.current-wrong' };
}
