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
