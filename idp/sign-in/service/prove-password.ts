import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import type { FieldError } from '#templates/views.ts';
import { type AccountStanding, accountStanding } from '../../accounts/index.ts';
import { type AuditEvent, type Caller, recordAudit } from '../../audit/index.ts';
import {
  PASSWORD_THROTTLE,
  normaliseLoginName,
  queueLockNotice,
  redeemCaptcha,
  throttleSubject,
  throttled,
  upgradeHash,
} from '../../authenticators/index.ts';
import type { SignInDeps } from '../deps.ts';
import { findPerson } from '../store.ts';
import type { InteractionFacts, Person, SignInProgress } from '../types.ts';
import { captchaDeps } from './captcha.ts';

export interface PasswordForm {
  account: string;
  password: string;
  captcha: string;
}

type Outcome = { progress: SignInProgress } | { errors: FieldError[] };

const FAILED: Outcome = { errors: [{ field: 'password', key: 'sign-in.failed' }] };

/**
 * Captcha, then password. An unknown name, a wrong password, a locked name and an account that may not be used
 * get one answer for one amount of work: the same queries, one hash, one audit record.
 */
export async function provePassword(
  deps: SignInDeps,
  facts: InteractionFacts,
  form: PasswordForm,
  caller: Caller,
): Promise<Outcome> {
  const missing = (['account', 'password', 'captcha'] as const).filter((field) => form[field].trim() === '');
  if (missing.length > 0) {
    return { errors: missing.map((field) => ({ field, key: `sign-in.${field}-required` })) };
  }
  const now = deps.clock();
  const event = { clientId: facts.clientId, caller };
  if (!(await redeemCaptcha(captchaDeps(deps), facts.uid, form.captcha, now))) {
    await recordAudit(deps.db, { type: 'sign_in.refused', reason: 'captcha_wrong', ...event });
    return { errors: [{ field: 'captcha', key: 'sign-in.captcha-wrong' }] };
  }

  const loginName = normaliseLoginName(form.account);
  const person = await findPerson(deps.db, { loginName });
  const standing = person && accountStanding(person, now);
  const subject = throttleSubject(deps.keyring, PASSWORD_THROTTLE, loginName);
  const verdict = await throttled(deps.db, PASSWORD_THROTTLE, subject, now, (allowed) => {
    const hash = allowed && standing === 'active' ? person?.passwordHash : undefined;
    return deps.hasher.verify(hash ?? undefined, form.password);
  });
  if (verdict !== 'right' || !person) {
    const locks = verdict === 'wrong_and_locks';
    const refusal: AuditEvent = {
      type: 'sign_in.refused',
      reason: verdict === 'locked' ? 'locked' : whyWrong(standing),
      ...(person && { accountId: person.id }),
      ...event,
      details: { locks },
    };
    if (locks) await recordLock(deps, refusal, standing === 'active' ? person : undefined, now);
    else await recordAudit(deps.db, refusal);
    return FAILED;
  }
  await strengthenHash(deps, person, form.password);
  return {
    progress: {
      accountId: person.id,
      amr: ['pwd'],
      authenticatedAt: Math.floor(now.getTime() / 1000),
    },
  };
}

/** The refusal that starts a lock, and the owner's notice of it; a name nobody has costs as much. */
async function recordLock(
  deps: SignInDeps,
  refusal: AuditEvent,
  owner: Person | undefined,
  now: Date,
): Promise<void> {
  await transact(deps.db, async (trx) => {
    await recordAudit(trx, refusal);
    await queueLockNotice(trx, deps, owner, now);
  });
}

function whyWrong(standing: AccountStanding | undefined): string {
  if (standing === undefined) return 'unknown_account';
  return standing === 'active' ? 'wrong_password' : standing;
}

/** A hash of an older, lower cost is renewed while the password is at hand; a busy queue puts it off. */
async function strengthenHash(deps: SignInDeps, person: Person, password: string): Promise<void> {
  const old = person.passwordHash;
  if (old === null || !deps.hasher.needsRehash(old)) return;
  try {
    await upgradeHash(deps.db, person.id, old, await deps.hasher.hash(password));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
}
