import { randomToken } from '#kit/random.ts';
import type { FieldError, Views } from '#templates/views.ts';

export const FORGOT = '/forgot-password';
export const RESET = '/password-reset';
const MAX_ECHOED = 254;

export function forgotPasswordView(
  typed: { account: string; email: string },
  errors: FieldError[],
): Views['idp/forgot-password'] {
  const nonce = randomToken(6); // keeps the browser from showing an old picture
  return {
    action: FORGOT,
    account: typed.account.slice(0, MAX_ECHOED).toWellFormed(),
    email: typed.email.slice(0, MAX_ECHOED).toWellFormed(),
    errors,
    captchaImageUrl: `${FORGOT}/captcha.png?v=${nonce}`,
    captchaAudioUrl: `${FORGOT}/captcha.wav?v=${nonce}`,
    newCaptchaUrl: `${FORGOT}/captcha`,
    homeUrl: '/',
  };
}

/** A step of the link, with the token where no log looks: in the query. */
export function resetUrl(token: string, step = ''): string {
  return `${RESET}${step}?token=${encodeURIComponent(token)}`;
}
