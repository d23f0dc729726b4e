import type { FieldError } from '#templates/views.ts';
import { Fault } from '#kit/errors.ts';
import {
  type CaptchaDeps,
  RECOVERY_THROTTLE,
  redeemCaptcha,
  reserveAttempt,
  throttleSubject,
} from '../../authenticators/index.ts';
import { insertRequest } from '../store.ts';
import type { RecoveryDeps, ResetRequest } from '../types.ts';

export const REQUEST_PURPOSE = 'password-reset-request';
const MAX_TYPED = 254;

export interface RequestForm {
  account: string;
  email: string;
  captcha: string;
}

/**
 * Takes down that somebody forgot their password. Whether there is such an account is looked at later and
 * elsewhere, so that this does the same for every name.
 * @param captchaId names the browser's challenge
 * @returns errors, none when the request was taken
 * @throws Fault too_many_requests when the caller's address asked too often
 */
export async function requestReset(
  deps: RecoveryDeps & { captcha: CaptchaDeps },
  typed: RequestForm,
  captchaId: string,
  request: Pick<ResetRequest, 'locale' | 'caller'>,
): Promise<FieldError[]> {
  const missing = (['account', 'email', 'captcha'] as const).filter((field) => typed[field].trim() === '');
  if (missing.length > 0) {
    return missing.map((field) => ({ field, key: `forgot-password.${field}-required` }));
  }
  const now = deps.clock();
  if (!(await redeemCaptcha(deps.captcha, captchaId, typed.captcha, now))) {
    return [{ field: 'captcha', key: 'sign-in.captcha-wrong' }];
  }
  const { ip, userAgent, requestId } = request.caller;
  const subject = throttleSubject(deps.keyring, RECOVERY_THROTTLE, ip);
  if ((await reserveAttempt(deps.db, RECOVERY_THROTTLE, subject, now)) === undefined) {
    throw new Fault('too_many_requests');
  }
  const content = { account: typed.account.slice(0, MAX_TYPED), email: typed.email.slice(0, MAX_TYPED) };
  await insertRequest(deps.db, {
    contentSealed: deps.keyring.seal(REQUEST_PURPOSE, Buffer.from(JSON.stringify(content)), requestId),
    locale: request.locale,
    requestedAt: now,
    caller: { ip, userAgent: userAgent.slice(0, MAX_TYPED), requestId },
  });
  return [];
}
