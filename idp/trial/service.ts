import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { LOGOUT_EVENT } from '#kit/logout-token.ts';
import { TOKEN_EXCHANGE } from '../subsystems/index.ts';
import { accountsOf, endSessionsOf, visitAs } from './browser.ts';
import { type StandIn, standIn } from './stand-in.ts';
import { authenticate, discover, lookAtKeys, messageOf, reach } from './steps.ts';
import type { Narrator, Outcome, Trial, TrialOptions } from './types.ts';

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** Plays the subsystem from discovery to logout. @returns whether no step failed */
export async function play(options: TrialOptions, narrator: Narrator): Promise<boolean> {
  const { manifest } = options;
  let failed = false;
  const tell = (name: string, outcome: Outcome): boolean => {
    narrator.step(name, outcome);
    if (outcome.mark === '✗') failed = true;
    return outcome.mark !== '✗';
  };
  const here = await standIn(manifest);
  try {
    const config = await discover(options);
    if ('mark' in config) return tell('discovery', config);
    tell('discovery', { mark: '✓', seen: options.issuer });
    tell('keys', await lookAtKeys(config, manifest));
    for (const uri of manifest.client.redirect_uris) tell('redirect-uri', await reach(uri, here));
    const { backchannel_logout_uri: logoutUri } = manifest.client;
    if (logoutUri === undefined) tell('logout-uri', { mark: '✗', reason: 'no-logout-uri' });
    else tell('logout-uri', await reach(logoutUri, here));
    if (!tell('authentication', await authenticate(config, manifest))) return false;

    const dpop = manifest.client.dpop_bound_access_tokens
      ? { DPoP: oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair()) }
      : undefined;
    const trial: Trial = { options, config, dpop, tokens: undefined, others: [] };
    if (!(await signIn(trial, here, narrator, tell))) return false;
    tell('claims', await readClaims(trial));
    tell('refresh', await refresh(trial));
    tell('switch', await switchAccount(trial));
    tell('logout', await receiveLogout(trial, here, narrator));
    return !failed;
  } finally {
    here.stop();
  }
}

async function signIn(
  trial: Trial,
  here: StandIn,
  narrator: Narrator,
  tell: (name: string, outcome: Outcome) => boolean,
): Promise<boolean> {
  const { options, config, dpop } = trial;
  const { client } = options.manifest;
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()];
  const redirectUri = client.redirect_uris.find((uri) => here.isHere(uri)) ?? client.redirect_uris[0] ?? '';
  let url: URL;
  try {
    const account = options.account ?? (options.as && (await accountsOf(options.page, options.as))[0]);
    const request = {
      ...{ redirect_uri: redirectUri, scope: client.scope, state: expectedState, nonce: expectedNonce },
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      ...(account !== undefined && { account }),
    };
    url = await oidc.buildAuthorizationUrlWithPAR(config, request, dpop ?? {});
  } catch (error) {
    return tell('par', { mark: '✗', reason: 'par', params: { seen: messageOf(error) } });
  }
  tell('par', { mark: '✓' });

  const callback = await visit(trial, here, url, redirectUri, narrator);
  if (!(callback instanceof URL)) return tell('sign-in', callback);
  tell('sign-in', { mark: '✓' });
  try {
    const expected = { pkceCodeVerifier, expectedState, expectedNonce };
    trial.tokens = await oidc.authorizationCodeGrant(config, callback, expected, undefined, dpop ?? {});
  } catch (error) {
    return tell('code', { mark: '✗', reason: 'refused', params: { seen: messageOf(error) } });
  }
  return tell('code', { mark: '✓' });
}

/** By the link that the person opens, or as one of the demo people. */
async function visit(
  { options }: Trial,
  here: StandIn,
  url: URL,
  redirectUri: string,
  narrator: Narrator,
): Promise<URL | Outcome> {
  if (options.as !== undefined) {
    const { as, page } = options;
    try {
      const arrived = await visitAs(page, as, url);
      return arrived ?? { mark: '✗', reason: 'page-asks', params: { as } };
    } catch (error) {
      return { mark: '✗', reason: 'no-page', params: { page, seen: messageOf(error) } };
    }
  }
  if (!here.isHere(redirectUri)) return { mark: '✗', reason: 'redirect-taken', params: { uri: redirectUri } };
  narrator.say('open', { url: url.href });
  const arrived = await here.next(redirectUri, options.waitMs);
  return arrived?.url ?? { mark: '✗', reason: 'nobody-came' };
}

async function readClaims(trial: Trial): Promise<Outcome> {
  const { config, tokens, dpop } = trial;
  const claims = tokens?.claims();
  try {
    const person = await oidc.fetchUserInfo(
      config,
      tokens?.access_token ?? '',
      claims?.sub ?? '',
      dpop ?? {},
    );
    const acting = (claims?.['subsystem_account'] ?? person['subsystem_account']) as object | undefined;
    if (!acting) return { mark: '✗', reason: 'no-account' };
    trial.others = ((person['accounts'] ?? []) as unknown as { id: string }[]).map(({ id }) => id);
    return { mark: '✓', seen: JSON.stringify(acting) };
  } catch (error) {
    return { mark: '✗', reason: 'refused', params: { seen: messageOf(error) } };
  }
}

async function refresh(trial: Trial): Promise<Outcome> {
  const { config, tokens, dpop, options } = trial;
  if (!options.manifest.client.grant_types.includes('refresh_token'))
    return { mark: '–', reason: 'no-refresh' };
  try {
    const fresh = await oidc.refreshTokenGrant(config, tokens?.refresh_token ?? '', undefined, dpop ?? {});
    trial.tokens = Object.assign(fresh, {
      refresh_token: fresh.refresh_token ?? tokens?.refresh_token ?? '',
    });
    return { mark: '✓' };
  } catch (error) {
    return { mark: '✗', reason: 'refused', params: { seen: messageOf(error) } };
  }
}

async function switchAccount(trial: Trial): Promise<Outcome> {
  const { config, tokens, dpop, options, others } = trial;
  if (!options.manifest.exchange.allowed) return { mark: '–', reason: 'no-exchange' };
  const [account] = others;
  if (account === undefined) return { mark: '–', reason: 'one-account' };
  const subject = { subject_token: tokens?.access_token ?? '', subject_token_type: ACCESS_TOKEN };
  try {
    const switched = await oidc.genericGrantRequest(
      config,
      TOKEN_EXCHANGE,
      { ...subject, account },
      dpop ?? {},
    );
    trial.tokens = switched;
    return { mark: '✓', seen: account };
  } catch (error) {
    const isStronger =
      error instanceof oidc.ResponseBodyError && error.error === 'insufficient_user_authentication';
    if (isStronger) return { mark: '–', reason: 'step-up', params: { account } };
    return { mark: '✗', reason: 'refused', params: { seen: messageOf(error) } };
  }
}

/** The session ends at the provider, and its word arrives: signed, for this client, about this session. */
async function receiveLogout(trial: Trial, here: StandIn, narrator: Narrator): Promise<Outcome> {
  const { options, config, tokens } = trial;
  const { client } = options.manifest;
  const uri = client.backchannel_logout_uri;
  if (uri === undefined) return { mark: '✗', reason: 'no-logout-uri' };
  if (!here.isHere(uri)) return { mark: '–', reason: 'logout-elsewhere', params: { uri } };
  const arriving = here.next(uri, options.waitMs);
  if (options.as === undefined) {
    const url = oidc.buildEndSessionUrl(config, { id_token_hint: tokens?.id_token ?? '' });
    narrator.say('sign-out', { url: url.href });
  } else await endSessionsOf(options.page, options.as);
  const arrived = await arriving;
  if (!arrived) return { mark: '✗', reason: 'no-logout' };
  const { issuer, jwks_uri: keys = '' } = config.serverMetadata();
  try {
    const token = new URLSearchParams(arrived.body).get('logout_token') ?? '';
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(keys)), {
      ...{
        issuer,
        audience: client.client_id,
        typ: 'logout+jwt',
        requiredClaims: ['iat', 'exp', 'jti', 'events'],
      },
    });
    const isLogout = Object.hasOwn(payload['events'] as object, LOGOUT_EVENT);
    if (!isLogout) throw new Error('it carries no logout event');
    return { mark: '✓', seen: `sid ${String(payload['sid'])}` };
  } catch (error) {
    return { mark: '✗', reason: 'bad-logout', params: { seen: messageOf(error) } };
  }
}
