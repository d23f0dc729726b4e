import manifest from '../manifest.json' with { type: 'json' };
import { type PrivateKeys, publicKeys } from './keys.ts';

/**
 * What we are to an OpenID Provider (OpenID Federation 1.0 §5.1.2): the client that our manifest declares, which proves
 * itself by a key instead of a secret.
 */
export function relyingPartyMetadata(origin: string, keys: PrivateKeys): Record<string, unknown> {
  const { client, name } = JSON.parse(
    JSON.stringify(manifest).replaceAll('${MCH_ORIGIN}', origin),
  ) as typeof manifest;
  const { client_id: _ours, ...declared } = client;
  return {
    ...declared,
    application_type: 'web',
    client_name: name.en,
    'client_name#zh-TW': name['zh-TW'],
    response_types: ['code'],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    request_object_signing_alg: 'ES256',
    id_token_signed_response_alg: 'ES256',
    client_registration_types: ['automatic'],
    jwks: publicKeys(keys),
  };
}

/**
 * Our manifest for a provider that takes us by our chain of trust: the client is our entity, with the mark that we carry.
 */
export function federatedManifest(entityId: string, mark: string, issuer: string) {
  const whole = JSON.parse(JSON.stringify(manifest).replaceAll('${MCH_ORIGIN}', entityId)) as typeof manifest;
  const federation = { trustMark: mark, issuers: [issuer] };
  const method = 'private_key_jwt';
  const client = { ...whole.client, client_id: entityId, token_endpoint_auth_method: method, federation };
  return { ...whole, client };
}
