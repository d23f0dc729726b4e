import { randomUUID } from 'node:crypto';
import * as oidc from 'openid-client';
import { after } from '#kit/clock.ts';
import { identifier } from '#kit/logout-token.ts';
import { digest } from '#kit/random.ts';
import type { BrowserDigests } from '../browser.ts';
import { type Caller, recordAudit } from '../../../audit/index.ts';
import { ProviderUnavailable } from '../unavailable.ts';
import type { UpstreamDeps } from '../deps.ts';
import { classOf, factsOf } from '../policy.ts';
import { isOver } from '../store/logouts.ts';
import { findArrival, insertArrival, takeArrival, takeDeparture } from '../store/journeys.ts';
import type { Arrival, ArrivalFailure, Departure, Purpose, Subject, UpstreamProvider } from '../types.ts';
import { DEPARTURE_PURPOSE, JOURNEY_MS, callbackOf } from './depart.ts';

const ARRIVAL_PURPOSE = 'upstream-arrival';
const LEEWAY_SECONDS = 60;
const MAX_SUBJECT = 255;
/** What no identifier holds: it could not be kept, or not be seen. */
const UNWRITTEN = /\p{C}/u;
/** Of openid-client: no answer, none in time, or none that is an answer. */
const AWAY = new Set([undefined, 'OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_RESPONSE_IS_NOT_CONFORM']);

export interface Callback {
  code: string;
  query: URLSearchParams;
  browser: BrowserDigests;
  /** Gives the browser a secret that nobody knew before it came back. */
  renew: () => Buffer;
  caller: Caller;
}

/**
 * A provider's answer: it must belong to a journey this very browser began to this very provider, once, within ten
 * minutes, and bring a code for an ID token that passes every check. What came of it is kept for the journey, and for
 * this browser alone: whoever planted the secrets it left with, or copied them, does not have the one it is kept by.
 * @returns what the journey is for and within, or undefined when the answer is late, replayed, or another browser's
 */
export async function arrive(
  deps: UpstreamDeps,
  { code, query, browser, renew, caller }: Callback,
): Promise<{ purpose: Purpose; within: string } | undefined> {
  const now = deps.clock();
  const [state, ...more] = query.getAll('state');
  if (state === undefined || more.length > 0) return undefined;
  const by = { stateDigest: digest(state), browser, provider: code, now };
  const departed = await takeDeparture(deps.db, by);
  if (!departed) return undefined;
  const { id: departureId, purpose, within, contentSealed } = departed;
  const content = deps.keyring.open(DEPARTURE_PURPOSE, contentSealed, departureId).toString('utf8');
  const departure = JSON.parse(content) as Departure;
  const provider = deps.providers.find(code);
  const arrival = provider
    ? await redeem(deps, provider, { query, state, departure })
    : failed(code, 'unavailable', 'disabled');
  if (!arrival.ok) {
    const { failure, detail } = arrival;
    const details = { provider: code, failure, ...(detail !== undefined && { detail }) };
    await recordAudit(deps.db, { type: 'upstream_sign_in.refused', reason: failure, caller, details });
  }
  const id = randomUUID();
  await insertArrival(deps.db, {
    ...{ id, browserDigest: renew(), provider: code, purpose, within },
    contentSealed: deps.keyring.seal(ARRIVAL_PURPOSE, Buffer.from(JSON.stringify(arrival)), id),
    expiresAt: after(deps.clock(), JOURNEY_MS),
  });
  return { purpose, within };
}

type Where = { browser: BrowserDigests; purpose: Purpose; within: string };

/** What the browser came back with, left where it is; over, when the provider has said so since. */
export async function peekArrival(deps: UpstreamDeps, where: Where): Promise<Arrival | undefined> {
  return open(deps, where, findArrival);
}

/** What the browser came back with, once: of many who ask at the same time one gets it. */
export async function redeemArrival(deps: UpstreamDeps, where: Where): Promise<Arrival | undefined> {
  return open(deps, where, takeArrival);
}

async function open(
  { db, clock, keyring }: UpstreamDeps,
  { browser, purpose, within }: Where,
  read: typeof findArrival,
): Promise<Arrival | undefined> {
  const row = await read(db, { browser, purpose, within, now: clock() });
  if (!row) return undefined;
  const content = keyring.open(ARRIVAL_PURPOSE, row.contentSealed, row.id).toString('utf8');
  const arrival = JSON.parse(content) as Arrival;
  if (!arrival.ok || !(await isOver(db, arrival.subject))) return arrival;
  return { ok: false, provider: arrival.subject.provider, failure: 'ended' };
}

type Failed = Extract<Arrival, { ok: false }> & { detail?: string };

function failed(provider: string, failure: ArrivalFailure, detail?: string): Failed {
  return { ok: false, provider, failure, ...(detail !== undefined && { detail }) };
}

async function redeem(
  deps: UpstreamDeps,
  provider: UpstreamProvider,
  { query, state, departure }: { query: URLSearchParams; state: string; departure: Departure },
): Promise<(Arrival & { ok: true }) | Failed> {
  const { code, manifest } = provider;
  try {
    const configuration = await deps.clients.of(provider);
    const url = new URL(callbackOf(deps, code));
    url.search = query.toString();
    const tokens = await oidc.authorizationCodeGrant(configuration, url, {
      expectedState: state,
      expectedNonce: departure.nonce,
      pkceCodeVerifier: departure.verifier,
      idTokenExpected: true,
      maxAge: departure.maxAge,
    });
    const claims = tokens.claims();
    const { id_token: idToken } = tokens;
    if (!claims || idToken === undefined) return failed(code, 'refused', 'no ID token');
    const { sub, auth_time: authTime, sid } = claims;
    if (sub === '' || sub.length > MAX_SUBJECT || UNWRITTEN.test(sub) || typeof authTime !== 'number') {
      return failed(code, 'refused', 'no usable subject or time');
    }
    const told = typeof sid === 'string' && sid !== '' ? sid : undefined;
    // a logout token has to name it exactly
    if (told !== undefined && !identifier.safeParse(told).success)
      return failed(code, 'refused', 'no usable session');
    // a sign-in to come would stay fresh until then, and its session would outlive every limit
    const present = Math.floor(deps.clock().getTime() / 1000);
    if (authTime > present + LEEWAY_SECONDS) return failed(code, 'refused', 'signed in at a time to come');
    if (departure.anew && authTime < departure.leftAt - LEEWAY_SECONDS)
      return failed(code, 'not_asked_again');
    const said = { ...(await askUserinfo(configuration, tokens.access_token, sub)), ...claims };
    const subject: Subject = {
      ...{ provider: code, issuer: provider.issuer, subject: sub, idToken },
      ...{ signedInAt: authTime, leftAt: departure.leftAt },
      authTime: Math.min(Math.floor(authTime), present),
      facts: factsOf(manifest, said),
      acr: classOf(manifest, { acr: claims['acr'], amr: claims['amr'] }),
      ...(told !== undefined && { sid: told }),
    };
    return { ok: true, subject, ...(departure.link && { link: departure.link }) };
  } catch (error) {
    return failed(code, ...failureOf(error));
  }
}

/** What the ID token leaves unsaid; a provider without userinfo has said all in it. */
async function askUserinfo(
  configuration: oidc.Configuration,
  accessToken: string,
  subject: string,
): Promise<Record<string, unknown>> {
  if (configuration.serverMetadata().userinfo_endpoint === undefined) return {};
  return oidc.fetchUserInfo(configuration, accessToken, subject);
}

/** Nothing it answers is a fault of ours: it said no, it is away, or what it sent does not pass. */
function failureOf(error: unknown): [ArrivalFailure, string] {
  if (error instanceof ProviderUnavailable) return ['unavailable', error.message];
  if (error instanceof oidc.AuthorizationResponseError) {
    return [error.error === 'access_denied' ? 'cancelled' : 'refused', short(error.error)];
  }
  if (error instanceof oidc.ResponseBodyError) {
    return [error.status >= 500 ? 'unavailable' : 'refused', short(error.error)];
  }
  if (error instanceof oidc.ClientError) {
    return [AWAY.has(error.code) ? 'unavailable' : 'refused', short(error.code ?? error.message)];
  }
  const isTheirs = error instanceof Error && (error.name === 'TimeoutError' || 'code' in error);
  return [isTheirs ? 'unavailable' : 'refused', short(error instanceof Error ? error.message : 'unknown')];
}

function short(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 100);
}
