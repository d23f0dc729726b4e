import { type JWTVerifyGetKey, createRemoteJWKSet, customFetch } from 'jose';
import * as oidc from 'openid-client';
import { type Clock, MINUTE, SECOND } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';

export interface IdentityProviderSettings {
  issuer: string;
  clientId: string;
  clientSecret: string;
}

/** The single entry, as its own metadata describes it. */
export interface IdentityProvider {
  issuer: string;
  clientId: string;
  /** @throws Fault identity_provider_unavailable when nothing was ever heard from it */
  configuration(): Promise<oidc.Configuration>;
  /** Its public keys: cached, asked again for an unknown key, but not more often than the cool-down. */
  keys: JWTVerifyGetKey;
}

type Fetch = (url: string, init: object) => Promise<Response>;

const FRESH_MS = 10 * MINUTE;
const RETRY_MS = 2 * SECOND;
const TIMEOUT_SECONDS = 5;
const KEY_COOL_DOWN_MS = 30 * SECOND;

/**
 * Finds the single entry by discovery when it is first needed, so that this system starts without it. Metadata
 * is renewed behind the requests; while the single entry is away the old serves on.
 */
export function findIdentityProvider(
  settings: IdentityProviderSettings,
  clock: Clock,
  log: Log,
  call: Fetch = fetch,
): IdentityProvider {
  let known: oidc.Configuration | undefined;
  let pending: Promise<oidc.Configuration> | undefined;
  let renewAt = 0;
  let keySet: { uri: string; keys: JWTVerifyGetKey } | undefined;

  const discover = (): Promise<oidc.Configuration> => {
    pending ??= readMetadata(settings, call)
      .then((found) => {
        renewAt = clock().getTime() + FRESH_MS;
        return (known = found);
      })
      .catch((error: unknown) => {
        renewAt = clock().getTime() + RETRY_MS;
        log.warn({ err: error }, 'the single entry cannot be discovered');
        throw new Fault('identity_provider_unavailable', {}, error);
      })
      .finally(() => (pending = undefined));
    return pending;
  };

  const configuration = async (): Promise<oidc.Configuration> => {
    if (clock().getTime() < renewAt) {
      if (known) return known;
      if (!pending) throw new Fault('identity_provider_unavailable');
    }
    if (!known) return discover();
    discover().catch(() => {}); // logged; the old metadata serves on
    return known;
  };

  return {
    issuer: settings.issuer,
    clientId: settings.clientId,
    configuration,
    async keys(header, token) {
      const uri = (await configuration()).serverMetadata().jwks_uri ?? '';
      if (keySet?.uri !== uri) {
        const options = {
          cooldownDuration: KEY_COOL_DOWN_MS,
          timeoutDuration: TIMEOUT_SECONDS * SECOND,
          [customFetch]: call,
        };
        keySet = { uri, keys: createRemoteJWKSet(new URL(uri), options) };
      }
      return keySet.keys(header, token);
    },
  };
}

async function readMetadata(settings: IdentityProviderSettings, call: Fetch): Promise<oidc.Configuration> {
  const execute = [oidc.enableNonRepudiationChecks]; // signatures count, not only the connection
  if (settings.issuer.startsWith('http:')) execute.push(oidc.allowInsecureRequests); // loopback, by config
  return oidc.discovery(
    new URL(settings.issuer),
    settings.clientId,
    { id_token_signed_response_alg: 'ES256' },
    oidc.ClientSecretBasic(settings.clientSecret),
    { execute, timeout: TIMEOUT_SECONDS, [oidc.customFetch]: call },
  );
}
