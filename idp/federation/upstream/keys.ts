import { type JWTVerifyGetKey, createRemoteJWKSet, customFetch } from 'jose';
import type { PrivateNetworks } from '#kit/http/outbound.ts';
import type { Log } from '#kit/log.ts';
import { createGuardedFetch } from './fetch.ts';
import { ProviderUnavailable } from './unavailable.ts';

interface KeyDeps {
  log: Log;
  config: { privateNetworks: PrivateNetworks };
}

/**
 * Finds a provider's published keys, for what it sends us unasked. They are kept for ten minutes; a key that is not
 * among them is looked for, but not within half a minute, and a provider that gives none is left to rest.
 * @throws ProviderUnavailable (from what is returned) when no key set can be had
 */
export function createKeyFinder(
  { log, config }: KeyDeps,
  uri: string,
  restrained: (ask: () => Promise<Response>) => Promise<Response>,
): JWTVerifyGetKey {
  const ask = createGuardedFetch(config.privateNetworks);
  const fetchSet = async (url: string, headers: Headers): Promise<Response> => {
    const init = { headers: Object.fromEntries(headers), method: 'GET', redirect: 'manual' } as const;
    const answer = await ask(url, { ...init, body: undefined });
    if (answer.status !== 200) throw new Error(`the keys were answered with ${answer.status}`);
    const text = await answer.text();
    if (!isKeySet(JSON.parse(text))) throw new Error('what was answered is no key set');
    return new Response(text);
  };
  return createRemoteJWKSet(new URL(uri), {
    [customFetch]: (url, { headers }) =>
      restrained(() => fetchSet(url, headers)).catch((error: unknown) => {
        log.warn({ err: error, uri }, 'the keys of an upstream provider cannot be had');
        throw new ProviderUnavailable('no keys', { cause: error });
      }),
  });
}

function isKeySet(value: unknown): boolean {
  const keys: unknown =
    typeof value === 'object' && value !== null && 'keys' in value ? value.keys : undefined;
  return Array.isArray(keys) && keys.every((key) => typeof key === 'object' && key !== null && 'kty' in key);
}
