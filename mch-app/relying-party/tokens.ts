import { compactVerify, errors } from 'jose';
import type { TokenEndpointResponse, TokenEndpointResponseHelpers } from 'openid-client';
import type { Tokens } from '../sessions/index.ts';
import { type Identity, readIdentity } from './claims.ts';
import type { Answer } from './failures.ts';
import type { RelyingParty } from './types.ts';

export type TokenAnswer = TokenEndpointResponse & TokenEndpointResponseHelpers;

export interface Entry {
  identity: Identity;
  tokens: Tokens;
}

/**
 * What opens or renews a session: an ID token (its claims validated by the library) of the agreed form, signed by a
 * key that the single entry publishes at this moment, and the tokens to keep. Unsound when anything of it is missing.
 */
export async function entryOf(party: RelyingParty, answer: TokenAnswer): Promise<Answer<Entry>> {
  const identity = readIdentity(answer.claims(), party.provider.clientId);
  const { access_token: accessToken, refresh_token: refreshToken, id_token: idToken } = answer;
  if (!identity || refreshToken === undefined || idToken === undefined) {
    return { ok: false, failure: { kind: 'unsound', cause: new Error('the tokens are not as agreed') } };
  }
  const signed = await verifySignature(party, idToken);
  return signed.ok
    ? { ok: true, value: { identity, tokens: { accessToken, refreshToken, idToken } } }
    : signed;
}

/**
 * Signatures count, not only the connection. The library's own check keeps keys for five minutes, far too long for
 * one that was revoked, and would not know the key that signs instead.
 */
export async function verifySignature(party: RelyingParty, idToken: string): Promise<Answer<void>> {
  try {
    await compactVerify(idToken, party.provider.keys.await, { algorithms: ['ES256'] });
    return { ok: true, value: undefined };
  } catch (cause) {
    const kind = cause instanceof errors.JOSEError ? 'unsound' : 'unreachable';
    return { ok: false, failure: { kind, cause } };
  }
}

/** Whether an ID token of ours may serve as a hint: not when the single entry's keys no longer have its own. */
export async function isStillKnown(party: RelyingParty, idToken: string): Promise<boolean> {
  try {
    await compactVerify(idToken, party.provider.keys.find, { algorithms: ['ES256'] });
    return true;
  } catch (error) {
    return !(error instanceof errors.JWKSNoMatchingKey); // the single entry may be away
  }
}
