import * as oidc from 'openid-client';
import { MINUTE, after } from '#kit/clock.ts';
import { randomToken } from '#kit/random.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { SignedInContext } from '../sessions/index.ts';
import { ask, faultOf } from './failures.ts';
import { SCOPE, resourceOf } from './scope.ts';
import { insertTransaction } from './store.ts';
import type { Purpose, RelyingParty } from './types.ts';

export const CALLBACK_PATH = '/callback';

const TRANSACTION_MS = 10 * MINUTE;

export interface AuthorizationWish {
  purpose: Purpose;
  returnTo: string;
  accountId?: string;
  loginHint?: string;
  acrValues?: string;
  maxAge?: number;
}

/**
 * Sends the browser to the single entry: a pushed authorization request (RFC 9126) with PKCE S256, state and
 * nonce, kept here for ten minutes and one use, for this browser only.
 * @throws Fault identity_provider_unavailable, sign_in_failed
 */
export async function authorize(
  party: RelyingParty,
  ctx: SignedInContext,
  wish: AuthorizationWish,
): Promise<void> {
  const state = oidc.randomState();
  const nonce = oidc.randomNonce();
  const codeVerifier = oidc.randomPKCECodeVerifier();
  const configuration = await party.provider.configuration();
  const parameters = {
    redirect_uri: party.origin + CALLBACK_PATH,
    scope: SCOPE,
    resource: resourceOf(party.provider.issuer),
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    ui_locales: ctx.state.locale,
    ...(wish.purpose === 'recover' ? { prompt: 'none' } : {}),
    ...(wish.accountId === undefined ? {} : { account: wish.accountId }),
    ...(wish.loginHint === undefined ? {} : { login_hint: wish.loginHint }),
    ...(wish.acrValues === undefined ? {} : { acr_values: wish.acrValues }),
    ...(wish.maxAge === undefined ? {} : { max_age: String(wish.maxAge) }),
  };
  const pushed = await ask(() => oidc.buildAuthorizationUrlWithPAR(configuration, parameters));
  if (!pushed.ok) throw faultOf(pushed.failure);

  const browserId = party.signInCookie.read(ctx) ?? randomToken();
  await insertTransaction(party.db, party.keyring, {
    ...wish,
    state,
    nonce,
    codeVerifier,
    browserId,
    expiresAt: after(party.clock(), TRANSACTION_MS),
  });
  party.signInCookie.write(ctx, browserId, TRANSACTION_MS / 1000);
  seeOther(ctx, pushed.value.href);
}
