import Provider, { errors } from 'oidc-provider';
import { CHAIN_ENDS_AT, RegistrationRefused } from '../../federation/index.ts';
import type { RegisteredClient } from '../../subsystems/index.ts';
import { TooManyRequests, secondsLeft } from '../pace.ts';
import type { StorageDeps } from './adapter-base.ts';
import { findWork } from './unit-of-work.ts';

/** Where a client that nobody knows yet may come for the first time (OpenID Federation 1.0 §12.1). */
const BEGINNINGS = new Set(['/oidc/auth', '/oidc/par']);
const PUSHED = '/oidc/par';
/** When the chain of trust of a client ends; undefined for one that did not come by any. */
export function chainEnd(client: RegisteredClient | undefined): Date | undefined {
  const until = client?.metadata[CHAIN_ENDS_AT];
  return typeof until === 'string' ? new Date(until) : undefined;
}

/** Whether the request itself proves who sends it: what is pushed, its assertion does; else it has to be signed. */
export function mustSignRequests(client: RegisteredClient): boolean {
  return chainEnd(client) !== undefined && Provider.ctx?.path !== PUSHED;
}

/**
 * Registers whoever comes with the name of an entity that we do not know, or whose chain has ended. Every other
 * client costs nothing here.
 * @throws errors.OIDCProviderError why it does not come in
 */
export function createAdmission(deps: StorageDeps): (clientId: string) => Promise<void> {
  return async (clientId) => {
    const { registry, federation, clock } = deps;
    if (!federation?.takes(clientId) || !BEGINNINGS.has(Provider.ctx?.path ?? '')) return;
    const now = clock();
    const known = registry.find(clientId);
    const until = chainEnd(known);
    if (known && (!known.active || !until || until > now)) return;
    if (!federation.admits(findWork()?.hints.ip ?? '', clientId)) {
      Provider.ctx?.set('Retry-After', secondsLeft(now.getTime()));
      throw new TooManyRequests();
    }
    await federation.register(clientId).catch((error: unknown) => {
      if (!(error instanceof RegistrationRefused)) throw error;
      throw new errors.CustomOIDCProviderError(error.code, error.message);
    });
    await registry.refresh();
  };
}
