import type { Db } from '#db/idp/tables.ts';
import { after } from '#kit/clock.ts';
import { digest, randomToken } from '#kit/random.ts';
import { CHALLENGE_MS } from './policy.ts';
import { insertChallenge, takeChallenge } from './store.ts';
import type { CardAnswer, CardVerdict, CardVerifier } from './types.ts';

/** What a challenge counts for: one deed, in one browser's application, session or journey. */
export interface CardScope {
  purpose: 'enrollment' | 'add' | 'sign-in';
  within: string;
}

export interface CardDeps {
  db: Db;
  issuer: string;
  cards: CardVerifier;
}

/** What the browser gets: `message` is what the card signs, base64. */
export interface CardChallenge {
  nonce: string;
  message: string;
}

/** A random challenge of five minutes. */
export async function askForCard(
  { db, issuer }: Pick<CardDeps, 'db' | 'issuer'>,
  scope: CardScope,
  now: Date,
): Promise<CardChallenge> {
  const nonce = randomToken(32);
  await insertChallenge(db, {
    nonceDigest: digest(nonce),
    scope: scopeDigest(scope),
    expiresAt: after(now, CHALLENGE_MS),
  });
  return { nonce, message: messageOf(issuer, scope, nonce).toString('base64') };
}

/** Uses the answer's challenge up, whatever becomes of it, and judges what the card signed. */
export async function redeemCard(
  { db, issuer, cards }: CardDeps,
  scope: CardScope,
  answer: CardAnswer,
  now: Date,
): Promise<CardVerdict> {
  const expiresAt = await takeChallenge(db, digest(answer.nonce), scopeDigest(scope), now);
  if (!expiresAt) return { ok: false, failure: 'REPLAY' };
  if (expiresAt <= now) return { ok: false, failure: 'TIMEOUT' };
  return cards.verify(answer, messageOf(issuer, scope, answer.nonce), now);
}

/** Names this site and the deed, so that a signature made for something else can never be taken for one of these. */
function messageOf(issuer: string, { purpose }: CardScope, nonce: string): Buffer {
  return Buffer.from(`single-entry card ${purpose}\n${issuer}\n${nonce}`);
}

function scopeDigest({ purpose, within }: CardScope): Buffer {
  return digest(`${purpose}:${within}`);
}
