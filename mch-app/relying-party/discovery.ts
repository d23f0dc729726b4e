import { type JWK, importJWK } from 'jose';
import * as oidc from 'openid-client';
import { type Clock, MINUTE, SECOND } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import { type Fetch, type IssuerKeys, createIssuerKeys } from './keys.ts';
import { type Patience, createPatience } from './patience.ts';

export interface IdentityProviderSettings {
  issuer: string;
  clientId: string;
  clientSecret: string | undefined;
  /** For a client without a secret; the first signs. */
  clientKeys?: { keys: JWK[] } | undefined;
}

/** The single entry, as its own metadata describes it. */
export interface IdentityProvider {
  issuer: string;
  clientId: string;
  /** @throws Fault identity_provider_unavailable when nothing was ever heard from it */
  configuration(): Promise<oidc.Configuration>;
  keys: IssuerKeys;
  patience: Patience;
}

const FRESH_MS = 10 * MINUTE;
const RETRY_MS = 2 * SECOND;
const TIMEOUT_SECONDS = 5;

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
    patience: createPatience(clock, Math.random),
    keys: createIssuerKeys(async () => (await configuration()).serverMetadata().jwks_uri ?? '', clock, call),
  };
}

async function readMetadata(settings: IdentityProviderSettings, call: Fetch): Promise<oidc.Configuration> {
  // loopback, by config
  const execute = settings.issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : [];
  return oidc.discovery(
    new URL(settings.issuer),
    settings.clientId,
    { id_token_signed_response_alg: 'ES256' },
    await authentication(settings),
    { execute, timeout: TIMEOUT_SECONDS, [oidc.customFetch]: call },
  );
}

/** By the secret where there is one, otherwise by a key of ours (`private_key_jwt`). */
async function authentication({
  clientKeys,
  clientSecret,
}: IdentityProviderSettings): Promise<oidc.ClientAuth> {
  if (clientSecret !== undefined) return oidc.ClientSecretBasic(clientSecret);
  const [key] = clientKeys?.keys ?? [];
  if (!key?.kid) throw new Error('there is neither a client secret nor a client key');
  const imported = await importJWK(key, 'ES256');
  if (imported instanceof Uint8Array) throw new Error('a client key is a secret');
  return oidc.PrivateKeyJwt({ key: imported, kid: key.kid });
}
