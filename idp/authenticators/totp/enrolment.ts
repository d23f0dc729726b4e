import { generateSecret } from 'otplib';
import type { Trx } from '#db/idp/tables.ts';
import { MINUTE } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import { type QrCode, qrCode } from './qr.ts';
import { matchingStep, sealTotpSecret } from './service.ts';
import { saveTotp } from './store.ts';

const PURPOSE = 'totp-enrolment';
const LABEL = 'Single Entry';
const MAX_AGE_MS = 15 * MINUTE;

/** For whom a secret was drawn, and in which session or journey: it counts nowhere else. */
export interface EnrolmentScope {
  accountId: string;
  within: string;
}

/** A secret shown to its owner that counts for nothing until a code of it was seen. */
export interface TotpOffer {
  /** Comes back with the first code; says nothing to anyone. */
  sealed: string;
  /** Base32, for typing. */
  secret: string;
  qr: QrCode;
}

/** Draws a new secret (RFC 6238), or shows an offer again. @param again the `sealed` of that offer */
export function offerTotp(
  keyring: Keyring,
  scope: EnrolmentScope,
  person: { loginName: string; now: Date; again?: string },
): TotpOffer {
  const kept = person.again === undefined ? undefined : openOffer(keyring, scope, person.again, person.now);
  const secret = kept ?? generateSecret();
  const text = `${person.now.getTime() + MAX_AGE_MS}:${secret}`;
  const sealed =
    kept !== undefined && person.again !== undefined
      ? person.again
      : keyring.seal(PURPOSE, Buffer.from(text), contextOf(scope)).toString('base64url');
  const account = encodeURIComponent(person.loginName);
  const issuer = encodeURIComponent(LABEL);
  const uri = `otpauth://totp/${issuer}:${account}?secret=${secret}&issuer=${issuer}`;
  return { sealed, secret, qr: qrCode(uri) };
}

/**
 * Puts an offered secret in force once `typed` is a code of it, replacing one the account had. That code is
 * used up by it.
 * @returns false when the code is wrong, or the offer is stale or somebody else's
 */
export async function acceptTotp(
  trx: Trx,
  keyring: Keyring,
  scope: EnrolmentScope,
  answer: { sealed: string; typed: string; name: string; now: Date },
): Promise<boolean> {
  const secret = openOffer(keyring, scope, answer.sealed, answer.now);
  const step = secret === undefined ? undefined : matchingStep(secret, answer.typed, answer.now);
  if (secret === undefined || step === undefined) return false;
  await saveTotp(trx, {
    accountId: scope.accountId,
    secretSealed: sealTotpSecret(keyring, secret, scope.accountId),
    at: answer.now,
    usedStep: step,
    name: answer.name,
  });
  return true;
}

function openOffer(keyring: Keyring, scope: EnrolmentScope, sealed: string, now: Date): string | undefined {
  try {
    const text = keyring.open(PURPOSE, Buffer.from(sealed, 'base64url'), contextOf(scope)).toString('utf8');
    const [until = '', secret] = text.split(':');
    return Number(until) > now.getTime() ? secret : undefined;
  } catch {
    return undefined;
  }
}

function contextOf({ accountId, within }: EnrolmentScope): string {
  return `${accountId} ${within}`;
}
