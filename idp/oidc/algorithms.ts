import type { Configuration } from 'oidc-provider';
import { CONTENT_ENCRYPTION, KEY_MANAGEMENT, SIGNING_ALGORITHMS } from '../subsystems/index.ts';

/** The algorithm of whatever a client says nothing about. */
const DEFAULT = 'ES256';

const signing = [...SIGNING_ALGORITHMS];
const wrapping = [...KEY_MANAGEMENT];
const content = [...CONTENT_ENCRYPTION];

/**
 * What is signed and encrypted with at all (RFC 7518, RFC 8725 §3.1); of the signatures of ours, the library offers
 * those that it has a key for. Nothing is encrypted for us: requests come over TLS to the endpoint itself.
 */
export const ALGORITHMS: NonNullable<Configuration['enabledJWA']> = {
  clientAuthSigningAlgValues: [...signing],
  requestObjectSigningAlgValues: [...signing],
  requestObjectEncryptionAlgValues: [],
  requestObjectEncryptionEncValues: [],
  dPoPSigningAlgValues: ['ES256', 'EdDSA', 'PS256'],
  idTokenSigningAlgValues: [...signing],
  userinfoSigningAlgValues: [...signing],
  introspectionSigningAlgValues: [...signing],
  authorizationSigningAlgValues: [...signing],
  idTokenEncryptionAlgValues: [...wrapping],
  idTokenEncryptionEncValues: [...content],
  userinfoEncryptionAlgValues: [...wrapping],
  userinfoEncryptionEncValues: [...content],
  introspectionEncryptionAlgValues: [...wrapping],
  introspectionEncryptionEncValues: [...content],
  authorizationEncryptionAlgValues: [...wrapping],
  authorizationEncryptionEncValues: [...content],
};

export const CLIENT_ALGORITHMS = {
  id_token_signed_response_alg: DEFAULT,
  introspection_signed_response_alg: DEFAULT,
  authorization_signed_response_alg: DEFAULT,
};
