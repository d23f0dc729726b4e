import { nextAttemptIn } from '#kit/backoff.ts';
import { type Breaker, createBreaker } from '#kit/breaker.ts';
import { askAbroad } from '#kit/http/outbound.ts';
import { type Ping, leasePings, markPingDelivered, markPingFailed } from '../storage/pings.ts';
import { PING_PURPOSE } from '../storage/waiting-adapter.ts';
import type { OidcDeps } from '../types.ts';

const AT_ONCE = 64;
const TIMEOUT_MS = 5000;
const LEASE_SECONDS = 15;

/** The client has answered and does not want it: it is not asked again (CIBA §10.2). */
class Rejected extends Error {}

/**
 * A job that tells clients in ping mode that their request was answered (OpenID Connect CIBA Core 1.0 §10.2): the
 * request's id, with the bearer token that the client gave for it. Redirects are not followed; an answer of 3xx or
 * 4xx is the last word, silence and 5xx are tried again as long as the request is kept.
 */
export function pingDelivery(deps: OidcDeps): () => Promise<void> {
  const breaker = createBreaker(deps.clock);
  return async () => {
    for (let due = AT_ONCE; due === AT_ONCE;) {
      const pings = await leasePings(deps.database, AT_ONCE, LEASE_SECONDS);
      await Promise.all(pings.map((ping) => deliver(deps, breaker, ping)));
      due = pings.length;
    }
  };
}

async function deliver(deps: OidcDeps, breaker: Breaker, ping: Ping): Promise<void> {
  const { database, clock, log } = deps;
  try {
    await send(deps, breaker, ping);
  } catch (error) {
    const reason = error instanceof Object && 'message' in error ? String(error.message) : 'failed';
    const retry =
      error instanceof Rejected ? undefined : nextAttemptIn(ping.attempts, ping.createdAt, clock());
    await markPingFailed(database, ping.id, reason.slice(0, 300), retry);
    log.warn({ client: ping.clientId, attempts: ping.attempts, reason }, 'client not notified');
    return;
  }
  await markPingDelivered(database, ping.id);
}

/** @throws Error when the client does not take it */
async function send(deps: OidcDeps, breaker: Breaker, ping: Ping): Promise<void> {
  const { registry, keyring, config } = deps;
  const client = registry.find(ping.clientId);
  const endpoint = client?.metadata['backchannel_client_notification_endpoint'];
  if (!client?.active || typeof endpoint !== 'string') return; // it left, or asks by itself now
  const context = `\\x${ping.requestDigest.toString('hex')}`;
  const { id, token } = JSON.parse(keyring.open(PING_PURPOSE, ping.sealed, context).toString()) as {
    id: string;
    token: string;
  };
  const uri = new URL(endpoint);
  const status = await breaker.through(uri.origin, async () => {
    const answer = await askAbroad(uri, {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ auth_req_id: id }),
      timeoutMs: TIMEOUT_MS,
      privateNetworks: config.privateNetworks,
    });
    if (answer.status >= 500) throw new Error(`answered ${answer.status}`);
    return answer.status;
  });
  if (status !== 200 && status !== 204) throw new Rejected(`answered ${status}`);
}
