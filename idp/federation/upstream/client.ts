import type { JWTVerifyGetKey } from 'jose';
import * as oidc from 'openid-client';
import type { Db } from '#db/idp/tables.ts';
import { createBreaker } from '#kit/breaker.ts';
import { type Clock, MINUTE, SECOND } from '#kit/clock.ts';
import type { PrivateNetworks } from '#kit/http/outbound.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Log } from '#kit/log.ts';
import { randomToken } from '#kit/random.ts';
import { signStatement } from '../../signing-keys/index.ts';
import { createGuardedFetch } from './fetch.ts';
import { createKeyFinder } from './keys.ts';
import { ProviderUnavailable } from './unavailable.ts';
import type { UpstreamProvider } from './types.ts';

export const SECRET_PURPOSE = 'upstream-secret';
const FRESH_MS = 10 * MINUTE;
const RETRY_MS = 5 * SECOND;
const TIMEOUT_SECONDS = 5;
const ASSERTION_SECONDS = 60;

/** What is known of the providers' own metadata and keys. */
export interface ProviderClients {
  /** @throws ProviderUnavailable when nothing was ever heard from it */
  of(provider: UpstreamProvider): Promise<oidc.Configuration>;
  /** Its published keys, for what it sends us unasked. @throws ProviderUnavailable */
  keysOf(provider: UpstreamProvider): Promise<JWTVerifyGetKey>;
  /** How the last try to read its metadata went; undefined before the first. */
  healthOf(code: string): { at: Date; fault: string | undefined } | undefined;
  /** When its keys were read last; undefined before an ID token of it was judged. */
  keysReadAt(code: string): Date | undefined;
}

interface Known {
  version: number;
  configuration: oidc.Configuration | undefined;
  pending: Promise<oidc.Configuration> | undefined;
  renewAt: number;
  health: { at: Date; fault: string | undefined } | undefined;
}

export interface ClientDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  log: Log;
  config: { issuer: string; privateNetworks: PrivateNetworks };
}

/**
 * Finds each provider by discovery when it is first needed. Metadata is renewed behind the requests; while the
 * provider is away the old serves on, and one never heard of is asked again only after a while.
 */
export function createProviderClients(deps: ClientDeps): ProviderClients {
  const known = new Map<string, Known>();
  const keys = new Map<string, { uri: string; find: JWTVerifyGetKey }>();
  const breaker = createBreaker(deps.clock);
  const now = (): number => deps.clock().getTime();

  const discover = (provider: UpstreamProvider, state: Known): Promise<oidc.Configuration> => {
    state.pending ??= breaker
      .through(provider.code, () => readMetadata(deps, provider))
      .then((found) => {
        state.renewAt = now() + FRESH_MS;
        state.health = { at: deps.clock(), fault: undefined };
        return (state.configuration = found);
      })
      .catch((error: unknown) => {
        state.renewAt = now() + RETRY_MS;
        state.health = { at: deps.clock(), fault: reasonOf(error) };
        deps.log.warn({ err: error, provider: provider.code }, 'an upstream provider cannot be discovered');
        throw new ProviderUnavailable('not discovered', { cause: error });
      })
      .finally(() => (state.pending = undefined));
    return state.pending;
  };

  const of = async (provider: UpstreamProvider): Promise<oidc.Configuration> => {
    let state = known.get(provider.code);
    if (state?.version !== provider.version) {
      const nothing = { configuration: undefined, pending: undefined, renewAt: 0, health: undefined };
      state = { ...nothing, version: provider.version };
      known.set(provider.code, state);
    }
    if (now() < state.renewAt) {
      if (state.configuration) return state.configuration;
      if (!state.pending) throw new ProviderUnavailable('not heard from lately');
    }
    if (!state.configuration) return discover(provider, state);
    discover(provider, state).catch(() => {}); // logged; the old metadata serves on
    return state.configuration;
  };

  return {
    of,
    async keysOf(provider) {
      const { jwks_uri: uri = '' } = (await of(provider)).serverMetadata();
      const before = keys.get(provider.code);
      if (before?.uri === uri) return before.find;
      const find = createKeyFinder(deps, uri, (ask) => breaker.through(`${provider.code} keys`, ask));
      keys.set(provider.code, { uri, find });
      return find;
    },
    healthOf: (code) => known.get(code)?.health,
    keysReadAt(code) {
      const configuration = known.get(code)?.configuration;
      const cache = configuration && oidc.getJwksCache(configuration);
      return cache && new Date(cache.uat * 1000);
    },
  };
}

/** Reads the provider's metadata, which must be of exactly the issuer declared. @throws Error */
export async function readMetadata(
  deps: ClientDeps,
  provider: UpstreamProvider,
): Promise<oidc.Configuration> {
  const { issuer, manifest } = provider;
  const isPlain = issuer.startsWith('http:'); // loopback, by its declaration
  const configuration = await oidc.discovery(
    new URL(issuer),
    manifest.client.id,
    { id_token_signed_response_alg: manifest.client.idTokenAlg },
    authentication(deps, provider),
    {
      execute: [oidc.enableNonRepudiationChecks, ...(isPlain ? [oidc.allowInsecureRequests] : [])],
      timeout: TIMEOUT_SECONDS,
      [oidc.customFetch]: createGuardedFetch(deps.config.privateNetworks),
    },
  );
  const metadata = configuration.serverMetadata();
  if (metadata.issuer !== issuer) throw new Error('describes itself as another issuer');
  const { authorization_endpoint, token_endpoint, jwks_uri } = metadata;
  for (const endpoint of [authorization_endpoint, token_endpoint, jwks_uri]) {
    if (endpoint === undefined || !URL.canParse(endpoint)) throw new Error('names no endpoint');
    const { protocol } = new URL(endpoint);
    if (protocol !== 'https:' && !(isPlain && protocol === 'http:'))
      throw new Error('an endpoint is not https');
  }
  return configuration;
}

/** By our own key (RFC 7523), which it reads at our published keys, or by a secret it gave us. */
function authentication(deps: ClientDeps, { code, issuer, manifest, secretSealed }: UpstreamProvider) {
  const { client } = manifest;
  if (client.authentication === 'private_key_jwt') return signedAssertion(deps, issuer);
  if (!secretSealed) throw new Error('its client secret was never given');
  const secret = deps.keyring.open(SECRET_PURPOSE, secretSealed, code).toString('utf8');
  return client.authentication === 'client_secret_post'
    ? oidc.ClientSecretPost(secret)
    : oidc.ClientSecretBasic(secret);
}

/** The audience is the issuer alone: an endpoint of somebody else's could be named in its metadata. */
function signedAssertion(deps: ClientDeps, audience: string): oidc.ClientAuth {
  type Authenticate = (...asked: Parameters<oidc.ClientAuth>) => unknown; // what it returns is waited for
  const authenticate: Authenticate = async (_server, client, body) => {
    const iat = Math.floor(deps.clock().getTime() / 1000);
    const { client_id: id } = client;
    const claims = { iss: id, sub: id, aud: audience, iat, exp: iat + ASSERTION_SECONDS, jti: randomToken() };
    body.set('client_id', id);
    body.set('client_assertion', await signStatement(deps, 'JWT', claims));
    body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
  };
  return authenticate;
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message.slice(0, 200) : 'unknown';
}
