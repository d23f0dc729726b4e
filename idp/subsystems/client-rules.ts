import { backchannelFaults } from './backchannel-rules.ts';
import type { ClientManifest } from './client-manifest.ts';
import { TOKEN_EXCHANGE } from './client-manifest.ts';
import { type ManifestFault, fault } from './manifest-faults.ts';
import { profileFaults } from './profiles.ts';
import { ENCRYPTED } from './protocol-options.ts';

type Key = Record<string, unknown>;

/** What of a client's declaration contradicts itself. */
export function clientFaults(client: ClientManifest, exchangeAllowed: boolean): ManifestFault[] {
  const faults = [
    ...encryptionFaults(client),
    ...certificateFaults(client),
    ...backchannelFaults(client),
    ...profileFaults(client),
    ...federationFaults(client),
  ];
  const grants = client.grant_types;
  if (grants.includes(TOKEN_EXCHANGE) !== exchangeAllowed) {
    faults.push(fault('exchange.allowed', 'exchange_disagrees'));
  }
  const method = client.token_endpoint_auth_method;
  const hasKeys = client.jwks !== undefined || client.jwks_uri !== undefined;
  if (method === 'private_key_jwt' && !hasKeys && !client.federation)
    faults.push(fault('client.jwks_uri', 'needs_keys'));
  if (client.jwks && client.jwks_uri) faults.push(fault('client.jwks_uri', 'keys_twice'));
  if ((client.require_signed_request_object || client.request_object_signing_alg) && !hasKeys) {
    faults.push(fault('client.jwks_uri', 'keys_for_requests'));
  }
  if (client.token_endpoint_auth_signing_alg && method !== 'private_key_jwt') {
    faults.push(fault('client.token_endpoint_auth_signing_alg', 'no_assertions'));
  }
  if (method === 'none' && grants.includes('client_credentials')) {
    faults.push(fault('client.token_endpoint_auth_method', 'public_client'));
  }
  const hosts = new Set(client.redirect_uris.map((uri) => new URL(uri).host));
  if (client.subject_type === 'pairwise' && hosts.size > 1 && client.sector_identifier_uri === undefined) {
    faults.push(fault('client.sector_identifier_uri', 'sector_needed'));
  }
  return faults;
}

/** By its entity identifier and keys of its chain, or by neither. */
function federationFaults(client: ClientManifest): ManifestFault[] {
  if (!client.federation)
    return client.client_id.includes(':') ? [fault('client.client_id', 'bad_form')] : [];
  return [
    ...(client.client_id.includes(':') ? [] : [fault('client.client_id', 'bad_address')]),
    ...(client.token_endpoint_auth_method === 'private_key_jwt'
      ? []
      : [fault('client.token_endpoint_auth_method', 'not_one_of', { values: 'private_key_jwt' })]),
    ...(['jwks', 'jwks_uri'] as const)
      .filter((name) => client[name] !== undefined)
      .map((name) => fault(`client.${name}`, 'unknown_field')),
  ];
}

/** An answer is signed, then encrypted for a key that the client publishes. */
function encryptionFaults(client: ClientManifest): ManifestFault[] {
  return ENCRYPTED.flatMap((answer) => {
    const alg = client[`${answer}_encrypted_response_alg`];
    const enc = client[`${answer}_encrypted_response_enc`];
    const at = `client.${answer}_encrypted_response`;
    if (alg === undefined) return enc === undefined ? [] : [fault(`${at}_alg`, 'missing')];
    if (enc === undefined) return [fault(`${at}_enc`, 'missing')];
    if (answer === 'userinfo' && client.userinfo_signed_response_alg === undefined) {
      return [fault('client.userinfo_signed_response_alg', 'missing')];
    }
    const keys = client.jwks?.keys;
    const fits = keys ? keys.some((key) => canWrap(key, alg)) : client.jwks_uri !== undefined;
    return fits ? [] : [fault(`${at}_alg`, 'no_encryption_key', { alg })];
  });
}

function canWrap(key: Key, alg: string): boolean {
  if (key['use'] === 'sig' || (key['alg'] !== undefined && key['alg'] !== alg)) return false;
  if (alg.startsWith('RSA')) return key['kty'] === 'RSA';
  return key['kty'] === 'EC' || (key['kty'] === 'OKP' && key['crv'] === 'X25519');
}

const SUBJECTS = [
  'tls_client_auth_subject_dn',
  'tls_client_auth_san_dns',
  'tls_client_auth_san_uri',
  'tls_client_auth_san_ip',
  'tls_client_auth_san_email',
] as const;

/** RFC 8705 §2: one name of a certificate that an authority vouches for, or certificates registered one by one. */
function certificateFaults(client: ClientManifest): ManifestFault[] {
  const faults: ManifestFault[] = [];
  const method = client.token_endpoint_auth_method;
  const named = SUBJECTS.filter((name) => client[name] !== undefined);
  if (named.length !== (method === 'tls_client_auth' ? 1 : 0)) {
    faults.push(fault('client.tls_client_auth_subject_dn', 'one_certificate_name'));
  }
  const isRegistered =
    client.jwks?.keys.some(({ x5c }) => Array.isArray(x5c)) ?? client.jwks_uri !== undefined;
  if (method === 'self_signed_tls_client_auth' && !isRegistered) {
    faults.push(fault('client.jwks', 'needs_certificate'));
  }
  if (client.dpop_bound_access_tokens && client.tls_client_certificate_bound_access_tokens) {
    faults.push(fault('client.tls_client_certificate_bound_access_tokens', 'bound_twice'));
  }
  return faults;
}

/** What a client wants to do with certificates that cannot come here. */
export function certificatelessFaults(
  client: ClientManifest,
  can: { verifiedHeader: string | undefined } | undefined,
): ManifestFault[] {
  const method = client.token_endpoint_auth_method;
  const wants = method.includes('tls_') || client.tls_client_certificate_bound_access_tokens === true;
  const works = can !== undefined && (method !== 'tls_client_auth' || can.verifiedHeader !== undefined);
  const at = method.includes('tls_')
    ? 'token_endpoint_auth_method'
    : 'tls_client_certificate_bound_access_tokens';
  return wants && !works ? [fault(`client.${at}`, 'no_certificates_here')] : [];
}

const SIGNED = [
  'id_token_signed_response_alg',
  'userinfo_signed_response_alg',
  'introspection_signed_response_alg',
  'authorization_signed_response_alg',
] as const;

/** Algorithms the client wants answers signed with, for which there is no key. */
export function keylessFaults(client: ClientManifest, available: string[]): ManifestFault[] {
  return SIGNED.flatMap((name) => {
    const alg = client[name];
    return alg === undefined || available.includes(alg)
      ? []
      : [fault(`client.${name}`, 'no_key_of_ours', { alg })];
  });
}
