import { checkMasterKeys, checkPublicAddress, checkServer } from '#kit/production.ts';
import type { Complain } from '#kit/settings.ts';

/** OWASP's least for argon2id. */
const ARGON2 = { memoryKib: 19_456, time: 2 };

interface Values {
  IDP_ISSUER: string;
  IDP_MASTER_KEYS: string;
  IDP_DATABASE_URL: string;
  IDP_DATABASE_DIRECT_URL?: string | undefined;
  MAIL_URL?: string | undefined;
  IDP_DEMO: boolean;
  CAPTCHA_FIXED?: string | undefined;
  IDP_CERTIFICATION: boolean;
  IDP_HCA_VIRTUAL_CARDS?: string | undefined;
  ARGON2_MEMORY_KIB: number;
  ARGON2_TIME: number;
}

/** Refuses in production whatever is meant for development; everything at once. */
export function checkProduction(values: Values, complain: Complain): void {
  checkPublicAddress('IDP_ISSUER', values.IDP_ISSUER, complain);
  checkMasterKeys('IDP_MASTER_KEYS', values.IDP_MASTER_KEYS, complain);
  for (const name of ['IDP_DATABASE_URL', 'IDP_DATABASE_DIRECT_URL', 'MAIL_URL'] as const) {
    checkServer(name, values[name], complain);
  }
  if (values.MAIL_URL === undefined) complain('MAIL_URL', 'is needed in production');
  if (values.CAPTCHA_FIXED !== undefined) complain('CAPTCHA_FIXED', 'never in production');
  if (values.IDP_CERTIFICATION) complain('IDP_CERTIFICATION', 'never in production');
  if (values.ARGON2_MEMORY_KIB < ARGON2.memoryKib) {
    complain('ARGON2_MEMORY_KIB', `must be at least ${ARGON2.memoryKib} in production`);
  }
  if (values.ARGON2_TIME < ARGON2.time) {
    complain('ARGON2_TIME', `must be at least ${ARGON2.time} in production`);
  }
}
