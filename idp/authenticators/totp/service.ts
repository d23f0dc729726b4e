import { generateSecret, generateSync, verifySync } from 'otplib';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import { consumeTotpStep, findTotpSecret, listTotpSecrets, saveTotp } from './store.ts';

const PURPOSE = 'totp';
const PERIOD_SECONDS = 30;
const CODE = /^\d{6}$/;

/** Gives an account a TOTP secret (RFC 6238), replacing one it had. @returns the secret in base32 */
export async function enrolTotp(
  db: Db | Trx,
  keyring: Keyring,
  enrolment: { accountId: string; at: Date; secret?: string },
): Promise<string> {
  const { accountId, at, secret = generateSecret() } = enrolment;
  await saveTotp(db, { accountId, at, secretSealed: sealTotpSecret(keyring, secret, accountId) });
  return secret;
}

export function sealTotpSecret(keyring: Keyring, secret: string, accountId: string): Buffer {
  return keyring.seal(PURPOSE, Buffer.from(secret), accountId);
}

/**
 * Whether `typed` is the account's code of this moment, the one before or the one after, and was not used
 * before. Blanks as authenticator apps show them are allowed.
 */
export async function redeemTotp(
  db: Db,
  keyring: Keyring,
  attempt: { accountId: string; typed: string; now: Date },
): Promise<boolean> {
  const sealed = await findTotpSecret(db, attempt.accountId);
  if (!sealed) return false;
  const secret = keyring.open(PURPOSE, sealed, attempt.accountId).toString();
  const step = matchingStep(secret, attempt.typed, attempt.now);
  return step !== undefined && consumeTotpStep(db, attempt.accountId, step);
}

/** The time step whose code `typed` is: of this moment, the one before or the one after. */
export function matchingStep(secret: string, typed: string, now: Date): number | undefined {
  const token = typed.normalize('NFKC').replaceAll(/\s/g, '');
  if (!CODE.test(token)) return undefined;
  const epoch = Math.floor(now.getTime() / 1000);
  const result = verifySync({ secret, token, epoch, period: PERIOD_SECONDS, epochTolerance: PERIOD_SECONDS });
  return result.valid && 'timeStep' in result ? result.timeStep : undefined;
}

export interface DemoCode {
  loginName: string;
  name: string;
  code: string;
  secondsLeft: number;
}

/** The codes in force for every enrolled account. For the demo only: whoever sees them is everybody. */
export async function listDemoCodes(db: Db, keyring: Keyring, clock: Clock): Promise<DemoCode[]> {
  const epoch = Math.floor(clock().getTime() / 1000);
  const rows = await listTotpSecrets(db);
  return rows.map(({ accountId, loginName, name, secretSealed }) => ({
    loginName,
    name,
    code: generateSync({ secret: keyring.open(PURPOSE, secretSealed, accountId).toString(), epoch }),
    secondsLeft: PERIOD_SECONDS - (epoch % PERIOD_SECONDS),
  }));
}
