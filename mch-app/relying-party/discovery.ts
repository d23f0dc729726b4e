import { type JWK, importJWK } from 'jose';
import * as oidc from 'openid-client';
import { type Clock, MINUTE, SECOND } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import { type TrustAnchors, resolveProvider } from '../federation/index.ts';
import { type Fetch, type IssuerKeys, createIssuerKeys } from './keys.ts';
import { type Patience, createPatience } from './patience.ts';

export interface IdentityProviderSettings {
  issuer: string;
  clientId: string;
  clientSecret: string | undefined;
  /** For a client without a secret; the first signs. */
  clientKeys?: { keys: JWK[] } | undefined;
  /** One of them has to vouch for it; without any, discovery is believed. */
  trustAnchors?: TrustAnchors | undefined;
}

/** The single entry, as its own metadata describes it. */
export interface IdentityProvider {
  issuer: string;
  clientId: string;
  /** @throws Fault identity_provider_unavailable when nothing was ever heard from it, provider_not_trusted */
  configuration(): Promise<oidc.Configuration>;
  /** Whether its chain of trust did not hold when it was looked at last. */
  isRefused(): boolean;
  keys: IssuerKeys;
  patience: Patience;
}

const FRESH_MS = 10 * MINUTE;
const RETRY_MS = 2 * SECOND;
const TIMEOUT_SECONDS = 5;

/**
 * Finds the single entry when it is first needed, so that this system starts without it: by discovery, or with anchors
 * by its chain of trust. Metadata is renewed behind the requests; while the single entry is away the old serves on, but
 * never past the end of its chain, nor once the chain is refused.
 */
export function findIdentityProvider(
  settings: IdentityProviderSettings,
  clock: Clock,
  log: Log,
  call: Fetch = fetch,
): IdentityProvider {
  let known: Found | undefined;
  let refusal: Fault | undefined;
  let pending: Promise<oidc.Configuration> | undefined;
  let renewAt = 0;

  const discover = (): Promise<oidc.Configuration> => {
    pending ??= readMetadata(settings, clock, call)
      .then((found) => {
        renewAt = Math.min(clock().getTime() + FRESH_MS, found.until);
        [known, refusal] = [found, undefined];
        return found.configuration;
      })
      .catch((error: unknown) => {
        renewAt = clock().getTime() + RETRY_MS;
        log.warn({ err: error }, 'the single entry cannot be discovered');
        const isRefused = error instanceof Fault && error.code === 'provider_not_trusted';
        refusal = isRefused ? error : undefined;
        if (isRefused) known = undefined;
        throw refusal ?? new Fault('identity_provider_unavailable', {}, error);
      })
      .finally(() => (pending = undefined));
    return pending;
  };

  const configuration = async (): Promise<oidc.Configuration> => {
    const now = clock().getTime();
    if (known && known.until <= now) known = undefined;
    if (now < renewAt) {
      if (known) return known.configuration;
      if (!pending) throw refusal ?? new Fault('identity_provider_unavailable');
    }
    if (!known) return discover();
    discover().catch(() => {}); // logged; the old metadata serves on
    return known.configuration;
  };

  return {
    issuer: settings.issuer,
    clientId: settings.clientId,
    configuration,
    isRefused: () => refusal !== undefined,
    patience: createPatience(clock, Math.random),
    keys: createIssuerKeys(async () => (await configuration()).serverMetadata().jwks_uri ?? '', clock, call),
  };
}

interface Found {
  configuration: oidc.Configuration;
  /** When the chain of trust that it is believed by ends. */
  until: number;
}

async function readMetadata(settings: IdentityProviderSettings, clock: Clock, call: Fetch): Promise<Found> {
  const { issuer, clientId, trustAnchors } = settings;
  const metadata = { id_token_signed_response_alg: 'ES256' };
  const isInsecure = issuer.startsWith('http:'); // loopback, by config
  if (trustAnchors) {
    const trusted = await resolveProvider(issuer, { anchors: trustAnchors, clock, call });
    const server = trusted.metadata as oidc.ServerMetadata;
    const configuration = new oidc.Configuration(server, clientId, metadata, await authentication(settings));
    configuration.timeout = TIMEOUT_SECONDS;
    configuration[oidc.customFetch] = call;
    if (isInsecure) oidc.allowInsecureRequests(configuration);
    return { configuration, until: trusted.expiresAt.getTime() };
  }
  const configuration = await oidc.discovery(
    new URL(issuer),
    clientId,
    metadata,
    await authentication(settings),
    {
      ...{ execute: isInsecure ? [oidc.allowInsecureRequests] : [], timeout: TIMEOUT_SECONDS },
      [oidc.customFetch]: call,
    },
  );
  return { configuration, until: Infinity };
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
