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
  await saveTotp(db, { accountId, at, secretSealed: keyring.seal(PURPOSE, Buffer.from(secret), accountId) });
  return secret;
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
  const token = attempt.typed.normalize('NFKC').replaceAll(/\s/g, '');
  const sealed = await findTotpSecret(db, attempt.accountId);
  if (!sealed || !CODE.test(token)) return false;
  const secret = keyring.open(PURPOSE, sealed, attempt.accountId).toString();
  const epoch = Math.floor(attempt.now.getTime() / 1000);
  const result = verifySync({ secret, token, epoch, period: PERIOD_SECONDS, epochTolerance: PERIOD_SECONDS });
  if (!result.valid || !('timeStep' in result)) return false;
  return consumeTotpStep(db, attempt.accountId, result.timeStep);
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
