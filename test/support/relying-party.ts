import * as oidc from 'openid-client';
import type { IdpWorld } from './idp-world.ts';
import { CLIENT_SECRET } from './idp-world.ts';
import { type Journey, createJourney, signIn } from './journey.ts';

export const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const SCOPE = 'openid profile email subsystem_account accounts';

/** A relying party of the test world, speaking through `openid-client` alone. */
export interface RelyingParty {
  config: oidc.Configuration;
  redirectUri: string;
  /** Sends the browser to the provider and back. @returns the callback's URL and what redeems its code */
  authorize(
    journey: Journey,
    parameters?: Record<string, string>,
    sign?: { loginName: string; account?: string },
  ): Promise<{ callback: URL; verifier: string }>;
  redeem(at: { callback: URL; verifier: string }): ReturnType<typeof oidc.authorizationCodeGrant>;
  exchange(
    accessToken: string,
    account: string,
    extra?: Record<string, string>,
  ): ReturnType<typeof oidc.genericGrantRequest>;
}

export async function createRelyingParty(
  world: IdpWorld,
  clientId: string,
  options: { authentication?: oidc.ClientAuth; pushed?: boolean; dpop?: oidc.DPoPHandle } = {},
): Promise<RelyingParty> {
  const authentication = options.authentication ?? oidc.ClientSecretBasic(CLIENT_SECRET);
  const config = await oidc.discovery(new URL(world.issuer), clientId, {}, authentication, {
    execute: [oidc.allowInsecureRequests],
  });
  const redirectUri = `${world.rpOrigin}/callback`;
  const dpop = options.dpop ? { DPoP: options.dpop } : {};
  return {
    config,
    redirectUri,
    async authorize(journey, parameters = {}, sign) {
      const verifier = oidc.randomPKCECodeVerifier();
      const request = {
        redirect_uri: redirectUri,
        scope: SCOPE,
        state: 'the-state',
        nonce: 'the-nonce',
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...parameters,
      };
      const url = options.pushed
        ? await oidc.buildAuthorizationUrlWithPAR(config, request, dpop)
        : oidc.buildAuthorizationUrl(config, request);
      let page = await journey.open(url.href);
      if (sign) page = await signIn(journey, sign.loginName, sign.account ? { account: sign.account } : {});
      return { callback: page.url, verifier };
    },
    redeem: ({ callback, verifier }) =>
      oidc.authorizationCodeGrant(
        config,
        callback,
        { pkceCodeVerifier: verifier, expectedState: 'the-state', expectedNonce: 'the-nonce' },
        undefined,
        dpop,
      ),
    exchange: (accessToken, account, extra = {}) =>
      oidc.genericGrantRequest(
        config,
        EXCHANGE,
        { subject_token: accessToken, subject_token_type: ACCESS_TOKEN, account, ...extra },
        dpop,
      ),
  };
}

/** @param of another journey, to open a second tab of its browser */
export function browserOf(world: IdpWorld, of?: Journey): Journey {
  return createJourney({ stopAt: world.rpOrigin, ...(of && { jar: of.jar }) });
}

/** A form post to the provider, for what no correct client would send. */
export async function post(
  world: IdpWorld,
  path: string,
  parameters: Record<string, string> | [string, string][],
  init: { clientId?: string; headers?: Record<string, string>; base?: string } = {},
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  const basic = init.clientId && Buffer.from(`${init.clientId}:${CLIENT_SECRET}`).toString('base64');
  const response = await fetch(new URL(path, init.base ?? world.issuer), {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(parameters),
    headers: { ...(basic && { authorization: `Basic ${basic}` }), ...init.headers },
  });
  const text = await response.text();
  let body: Record<string, unknown> = {};
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    body = { text };
  }
  return { status: response.status, body, headers: response.headers };
}
