import { setTimeout as sleep } from 'node:timers/promises';
import { nextAttemptIn } from '#kit/backoff.ts';
import { type Breaker, createBreaker } from '#kit/breaker.ts';
import { askAbroad } from '#kit/http/outbound.ts';
import type { ProviderHolder } from '../holder.ts';
import type { OidcDeps } from '../types.ts';

import { type LogoutDelivery, leaseDeliveries, markDelivered, markFailed } from './store.ts';
import { makeLogoutToken } from './token.ts';

const AT_ONCE = 256;
const TIMEOUT_MS = 5000;
/** While others wait for a place; who was only slow is asked again soon. */
const HURRIED_MS = 1500;
const LEASE_SECONDS = 15;
/** While slow ones are under way, new ones are looked for so often. */
const LOOK_MS = 250;

/**
 * A job that delivers what is due. Those that answer do not wait for those that do not: so many are under way at once,
 * and a client's address that keeps failing rests.
 */
export function logoutDelivery(deps: OidcDeps, holder: ProviderHolder): () => Promise<void> {
  const breaker = createBreaker(deps.clock);
  return async () => {
    const running = new Set<Promise<void>>();
    for (;;) {
      const free = AT_ONCE - running.size;
      const due = await leaseDeliveries(deps.database.db, free, LEASE_SECONDS);
      const timeoutMs = due.length === free ? HURRIED_MS : TIMEOUT_MS;
      for (const delivery of due) {
        const one = deliver(deps, holder, breaker, delivery, timeoutMs).finally(() => running.delete(one));
        running.add(one);
      }
      if (running.size === 0) return;
      if (due.length < free) await Promise.race([Promise.all(running), sleep(LOOK_MS)]);
      while (running.size > AT_ONCE / 2) await Promise.race(running);
    }
  };
}

async function deliver(
  deps: OidcDeps,
  holder: ProviderHolder,
  breaker: Breaker,
  delivery: LogoutDelivery,
  timeoutMs: number,
): Promise<void> {
  const { db } = deps.database;
  try {
    await send(deps, holder, breaker, delivery, timeoutMs);
  } catch (error) {
    const reason = error instanceof Object && 'message' in error ? String(error.message) : 'failed';
    const retryInSeconds = nextAttemptIn(delivery.attempts, delivery.createdAt, deps.clock());
    await markFailed(db, delivery.id, { error: reason.slice(0, 300), retryInSeconds });
    deps.log.warn({ client: delivery.clientId, attempts: delivery.attempts, reason }, 'logout not delivered');
    return;
  }
  await markDelivered(db, delivery.id);
}

/** @throws Error when the client does not take it: any answer but 200 or 204, a redirect among them */
async function send(
  deps: OidcDeps,
  holder: ProviderHolder,
  breaker: Breaker,
  delivery: LogoutDelivery,
  timeoutMs: number,
): Promise<void> {
  const provider = holder.current;
  const client = await provider.Client.find(delivery.clientId);
  if (!client?.backchannelLogoutUri) return; // it left, or takes no logouts any more
  const uri = new URL(client.backchannelLogoutUri);
  const status = await breaker.through(uri.origin, async () => {
    const token = await makeLogoutToken(provider, client, delivery.accountId, delivery.sid);
    const answer = await askAbroad(uri, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token: token }).toString(),
      timeoutMs,
      privateNetworks: deps.config.privateNetworks,
    });
    if (answer.status >= 500) throw new Error(`answered ${answer.status}`);
    return answer.status;
  });
  if (status !== 200 && status !== 204) throw new Error(`answered ${status}`);
}
