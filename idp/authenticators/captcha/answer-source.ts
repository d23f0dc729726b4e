import { randomInt } from 'node:crypto';
import { ConfigurationError } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';

export const CAPTCHA_DIGITS = 5;

export interface CaptchaConfig {
  /** Every captcha's answer, for automated tests only. */
  captchaFixed?: string | undefined;
  loopback: boolean;
  /** The suite that certifies providers reads no pictures. */
  certification?: object | undefined;
  production: boolean;
}

/**
 * Where the answers of captchas come from: chance, or the fixed one, which is announced in the log.
 * @throws ConfigurationError when a fixed answer is set for anything but a loopback issuer outside production
 */
export function captchaAnswerSource(config: CaptchaConfig, log: Log): () => string {
  const fixed = config.captchaFixed;
  if (fixed === undefined) {
    return () => String(randomInt(10 ** CAPTCHA_DIGITS)).padStart(CAPTCHA_DIGITS, '0');
  }
  if (config.production || !(config.loopback || config.certification)) {
    throw new ConfigurationError(
      'CAPTCHA_FIXED opens the captcha to everybody: it is refused in production and on an issuer that is not loopback.',
    );
  }
  if (!/^\d{5}$/.test(fixed)) throw new ConfigurationError('CAPTCHA_FIXED must be five digits.');
  log.warn('CAPTCHA_FIXED is set: EVERY CAPTCHA HAS THE SAME KNOWN ANSWER. For automated tests only.');
  return () => fixed;
}
