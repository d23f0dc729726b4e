import type { webcrypto } from 'node:crypto';
import * as oidc from 'openid-client';
import type { Manifest } from '../subsystems/index.ts';
import type { StandIn } from './stand-in.ts';
import type { Outcome, TrialOptions } from './types.ts';

const REACH_MS = 5000;

/** Discovery by the library, which checks that the issuer is the one that was asked. */
export async function discover(options: TrialOptions): Promise<oidc.Configuration | Outcome> {
  const { issuer, manifest } = options;
  const { client } = manifest;
  const authentication = await authenticationOf(options);
  if ('mark' in authentication) return authentication;
  const metadata = { id_token_signed_response_alg: client.id_token_signed_response_alg };
  const execute = [
    oidc.enableNonRepudiationChecks,
    ...(issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : []),
  ];
  try {
    return await oidc.discovery(new URL(issuer), client.client_id, metadata, authentication.by, { execute });
  } catch (error) {
    return { mark: '✗', reason: 'discovery', params: { issuer, seen: messageOf(error) } };
  }
}

async function authenticationOf(options: TrialOptions): Promise<{ by: oidc.ClientAuth } | Outcome> {
  const { manifest, secret, privateKey } = options;
  const method: string = manifest.client.token_endpoint_auth_method;
  const name = `CLIENT_SECRET_${manifest.client.client_id.toUpperCase().replaceAll('-', '_')}`;
  if (method === 'none') return { by: oidc.None() };
  if (method === 'private_key_jwt') {
    if (privateKey === undefined) return { mark: '✗', reason: 'key-missing' };
    try {
      const jwk = JSON.parse(privateKey) as webcrypto.JsonWebKey & { alg?: string; kid?: string };
      const algorithm = jwk.kty === 'EC' ? { name: 'ECDSA', namedCurve: jwk.crv ?? '' } : rsaOf(jwk.alg);
      const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign']);
      return { by: oidc.PrivateKeyJwt(jwk.kid === undefined ? key : { key, kid: jwk.kid }) };
    } catch {
      return { mark: '✗', reason: 'key-unreadable' };
    }
  }
  if (method !== 'client_secret_basic' && method !== 'client_secret_post') {
    return { mark: '✗', reason: 'method', params: { method } };
  }
  if (secret === undefined) return { mark: '✗', reason: 'secret-missing', params: { name } };
  return {
    by: method === 'client_secret_post' ? oidc.ClientSecretPost(secret) : oidc.ClientSecretBasic(secret),
  };
}

function rsaOf(alg: string | undefined) {
  return { name: alg?.startsWith('PS') ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
}

/** Keys are published, and one of them can verify what this client is sent. */
export async function lookAtKeys(config: oidc.Configuration, manifest: Manifest): Promise<Outcome> {
  const uri = config.serverMetadata().jwks_uri ?? '';
  const alg = manifest.client.id_token_signed_response_alg;
  try {
    const { keys } = (await (await fetch(uri)).json()) as { keys: { kid?: string; alg?: string }[] };
    const own = keys.filter((key) => key.alg === undefined || key.alg === alg);
    if (own.length > 0) return { mark: '✓', seen: own.map(({ kid }) => kid ?? '?').join(' ') };
    return { mark: '✗', reason: 'keys', params: { uri, alg } };
  } catch {
    return { mark: '✗', reason: 'keys', params: { uri, alg } };
  }
}

/** Whether something answers at the address, whatever it answers. */
export async function reach(uri: string, here: StandIn): Promise<Outcome> {
  if (here.isHere(uri)) return { mark: '–', reason: 'stand-in', params: { uri } };
  try {
    const response = await fetch(uri, { redirect: 'manual', signal: AbortSignal.timeout(REACH_MS) });
    await response.body?.cancel();
    return { mark: '✓', seen: `${uri} (${response.status})` };
  } catch {
    return { mark: '✗', reason: 'unreachable', params: { uri } };
  }
}

/** A code that nobody was given: whoever is told so was recognised as the client. */
export async function authenticate(config: oidc.Configuration, manifest: Manifest): Promise<Outcome> {
  const { client_id: id, token_endpoint_auth_method: method, redirect_uris: uris } = manifest.client;
  const request = { code: 'none', redirect_uri: uris[0] ?? '', code_verifier: oidc.randomPKCECodeVerifier() };
  try {
    await oidc.genericGrantRequest(config, 'authorization_code', request);
    return { mark: '✗', reason: 'refused', params: { seen: 'a made-up code was taken' } };
  } catch (error) {
    if (error instanceof oidc.ResponseBodyError && error.error === 'invalid_grant')
      return { mark: '✓', seen: method };
    return { mark: '✗', reason: 'authentication', params: { id, seen: messageOf(error) } };
  }
}

/** What the provider or the library complained of, in its own words. */
export function messageOf(error: unknown): string {
  if (error instanceof oidc.ResponseBodyError || error instanceof oidc.AuthorizationResponseError) {
    return [error.error, error.error_description].filter(Boolean).join(': ');
  }
  if (error instanceof oidc.WWWAuthenticateChallengeError) {
    return error.cause.map(({ parameters }) => parameters.error).join(', ') || error.message;
  }
  const { message, cause } = error as Error;
  const why = (cause as { message?: string; code?: string } | undefined) ?? {};
  return [message, why.code ?? why.message].filter(Boolean).join(': ');
}
