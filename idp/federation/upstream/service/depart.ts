import { randomUUID } from 'node:crypto';
import * as oidc from 'openid-client';
import { MINUTE, after } from '#kit/clock.ts';
import type { Locale } from '#kit/http/locale.ts';
import { digest, randomToken } from '#kit/random.ts';
import { ProviderUnavailable } from '../unavailable.ts';
import type { UpstreamDeps } from '../deps.ts';
import { insertDeparture } from '../store/journeys.ts';
import type { Departure, Purpose, UpstreamProvider } from '../types.ts';

export const DEPARTURE_PURPOSE = 'upstream-departure';
export const JOURNEY_MS = 10 * MINUTE;

/** What the sign-in there should be like. */
export interface Wishes {
  locale: Locale;
  /** Seconds; never more than the provider's own limit. */
  maxAge?: number | undefined;
  /** Asked anew, however lately the person signed in there. */
  anew?: boolean | undefined;
  /** More than a password. */
  strongly?: boolean | undefined;
  loginHint?: string | undefined;
}

/** Where a provider answers us: an address of its own for each, so that none answers for another (RFC 9700 §4.4.2). */
export function callbackOf(deps: Pick<UpstreamDeps, 'config'>, code: string): string {
  return `${deps.config.issuer}/federation/upstream/${code}/callback`;
}

/**
 * Sends a browser to a provider: state, nonce and PKCE verifier stay here, tied to the provider, the browser and
 * what it is for. The request is pushed where the provider takes that.
 * @throws ProviderUnavailable
 */
export async function depart(
  deps: UpstreamDeps,
  provider: UpstreamProvider,
  journey: { purpose: Purpose; within: string; browser: Buffer; link?: Departure['link'] },
  wishes: Wishes,
): Promise<URL> {
  const configuration = await deps.clients.of(provider);
  const { manifest } = provider;
  const [state, nonce, verifier] = [randomToken(32), randomToken(32), oidc.randomPKCECodeVerifier()];
  const maxAge = Math.min(wishes.maxAge ?? manifest.maxAge, manifest.maxAge);
  const now = deps.clock();
  const parameters = {
    redirect_uri: callbackOf(deps, provider.code),
    response_type: 'code',
    scope: manifest.client.scopes.join(' '),
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    max_age: String(maxAge),
    ui_locales: wishes.locale,
    ...(wishes.anew && { prompt: 'login' }),
    ...(wishes.strongly && manifest.acr.ask.length > 0 && { acr_values: manifest.acr.ask.join(' ') }),
    ...(wishes.loginHint !== undefined && { login_hint: wishes.loginHint }),
  };
  const url = await pushedOrPlain(configuration, parameters);
  const kept: Departure = {
    ...{ verifier, nonce, maxAge },
    anew: wishes.anew ?? false,
    leftAt: now.getTime() / 1000,
    ...(journey.link && { link: journey.link }),
  };
  const id = randomUUID();
  await insertDeparture(deps.db, {
    id,
    stateDigest: digest(state),
    browserDigest: journey.browser,
    provider: provider.code,
    purpose: journey.purpose,
    within: journey.within,
    contentSealed: deps.keyring.seal(DEPARTURE_PURPOSE, Buffer.from(JSON.stringify(kept)), id),
    expiresAt: after(now, JOURNEY_MS),
  });
  return url;
}

async function pushedOrPlain(configuration: oidc.Configuration, parameters: Record<string, string>) {
  const pushes = configuration.serverMetadata().pushed_authorization_request_endpoint !== undefined;
  if (!pushes) return oidc.buildAuthorizationUrl(configuration, parameters);
  try {
    return await oidc.buildAuthorizationUrlWithPAR(configuration, parameters);
  } catch (error) {
    throw new ProviderUnavailable('the request could not be pushed', { cause: error });
  }
}
