import type { TokenEndpointResponse, TokenEndpointResponseHelpers } from 'openid-client';
import type { Tokens } from '../sessions/index.ts';
import { type Identity, readIdentity } from './claims.ts';
import type { Answer } from './failures.ts';

export type TokenAnswer = TokenEndpointResponse & TokenEndpointResponseHelpers;

export interface Entry {
  identity: Identity;
  tokens: Tokens;
}

/**
 * What opens or renews a session: an ID token (validated by the library) of the agreed form, and the tokens to
 * keep. Unsound when anything of it is missing.
 */
export function entryOf(answer: TokenAnswer, clientId: string): Answer<Entry> {
  const identity = readIdentity(answer.claims(), clientId);
  const { access_token: accessToken, refresh_token: refreshToken, id_token: idToken } = answer;
  if (!identity || refreshToken === undefined || idToken === undefined) {
    return { ok: false, failure: { kind: 'unsound', cause: new Error('the tokens are not as agreed') } };
  }
  return { ok: true, value: { identity, tokens: { accessToken, refreshToken, idToken } } };
}
