import { nextAttemptIn } from '#kit/backoff.ts';
import { refuseForeignNetwork } from '#kit/http/outbound.ts';
import type { ProviderHolder } from '../holder.ts';
import type { OidcDeps } from '../types.ts';

import { type LogoutDelivery, leaseDeliveries, markDelivered, markFailed } from './store.ts';
import { makeLogoutToken } from './token.ts';

const AT_ONCE = 32;
const TIMEOUT_MS = 5000;
const LEASE_SECONDS = 15;

/** Delivers what is due, many at once; returns when nothing is due any more. */
export async function deliverLogouts(deps: OidcDeps, holder: ProviderHolder): Promise<void> {
  for (;;) {
    const due = await leaseDeliveries(deps.database.db, AT_ONCE, LEASE_SECONDS);
    await Promise.all(due.map((delivery) => deliver(deps, holder, delivery)));
    if (due.length < AT_ONCE) return;
  }
}

async function deliver(deps: OidcDeps, holder: ProviderHolder, delivery: LogoutDelivery): Promise<void> {
  const { db } = deps.database;
  try {
    await send(deps, holder, delivery);
    await markDelivered(db, delivery.id);
  } catch (error) {
    const reason = error instanceof Object && 'message' in error ? String(error.message) : 'failed';
    const retryInSeconds = nextAttemptIn(delivery.attempts, delivery.createdAt, deps.clock());
    await markFailed(db, delivery.id, { error: reason.slice(0, 300), retryInSeconds });
    deps.log.warn({ client: delivery.clientId, attempts: delivery.attempts, reason }, 'logout not delivered');
  }
}

/** @throws Error when the client does not take it: any answer but 200 or 204, a redirect among them */
async function send(deps: OidcDeps, holder: ProviderHolder, delivery: LogoutDelivery): Promise<void> {
  const provider = holder.current;
  const client = await provider.Client.find(delivery.clientId);
  if (!client?.backchannelLogoutUri) return; // it left, or takes no logouts any more
  const uri = new URL(client.backchannelLogoutUri);
  await refuseForeignNetwork(uri, deps.config.privateNetworks);
  const token = await makeLogoutToken(
    provider,
    client,
    delivery.accountId,
    delivery.sid,
    `logout-${delivery.id}`,
  );
  const response = await fetch(uri, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ logout_token: token }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await response.body?.cancel();
  if (response.status !== 200 && response.status !== 204) throw new Error(`answered ${response.status}`);
}
