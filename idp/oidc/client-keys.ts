import type { Configuration } from 'oidc-provider';
import { createBreaker } from '#kit/breaker.ts';
import { askAbroad } from '#kit/http/outbound.ts';
import type { OidcDeps } from './types.ts';

const TIMEOUT_MS = 2500;
const MOST_BYTES = 512 * 1024;

/**
 * How the library fetches clients' key sets (`jwks_uri`): from checked addresses only. It keeps what it fetched for a
 * minute, but not that nobody answered: after three failures in a row an address rests for half a minute, so that
 * assertions that name unknown keys cannot make this process ask without end.
 */
export function createClientKeysFetch(
  deps: Pick<OidcDeps, 'clock' | 'config'>,
): NonNullable<Configuration['fetch']> {
  const breaker = createBreaker(deps.clock);
  const { privateNetworks } = deps.config;
  return (target) => {
    const url = new URL(target instanceof Request ? target.url : target);
    return breaker.through(url.href, async () => {
      const request = { headers: { accept: 'application/json' }, timeoutMs: TIMEOUT_MS, privateNetworks };
      const { status, headers, body } = await askAbroad(url, { ...request, maxBytes: MOST_BYTES });
      if (status !== 200) throw new Error(`answered ${status}`);
      const kept = ['cache-control', 'expires', 'content-type'].flatMap((name): [string, string][] => {
        const value = headers[name];
        return typeof value === 'string' ? [[name, value]] : [];
      });
      return new Response(body, { status, headers: kept });
    });
  };
}
