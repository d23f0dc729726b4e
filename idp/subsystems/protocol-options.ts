import { z } from 'zod';

/** What we sign with, and let clients sign with. */
export const SIGNING_ALGORITHMS = ['ES256', 'PS256', 'EdDSA', 'RS256'] as const;
export const KEY_MANAGEMENT = ['ECDH-ES', 'ECDH-ES+A256KW', 'RSA-OAEP-256'] as const;
export const CONTENT_ENCRYPTION = ['A256GCM', 'A128GCM'] as const;
/** `fragment` is for nobody: a code belongs in no place that scripts read. */
export const RESPONSE_MODES = ['query', 'form_post', 'jwt', 'query.jwt', 'form_post.jwt'] as const;
export const PROFILES = ['fapi2-security', 'fapi2-message-signing'] as const;

const signing = z.enum(SIGNING_ALGORITHMS).optional();
const wrapping = z.enum(KEY_MANAGEMENT).optional();
const content = z.enum(CONTENT_ENCRYPTION).optional();
const subject = z.string().min(1).max(500).optional();

/** What a client may ask of the protocol beyond the ordinary; all of it metadata of its registration. */
export const protocolOptions = {
  /** A profile that the client keeps to as a whole; what contradicts it is refused. */
  profile: z.enum(PROFILES).optional(),
  token_endpoint_auth_signing_alg: signing,
  /** RFC 8705: tokens bound to the certificate that the client shows. */
  tls_client_certificate_bound_access_tokens: z.boolean().optional(),
  tls_client_auth_subject_dn: subject,
  tls_client_auth_san_dns: subject,
  tls_client_auth_san_uri: subject,
  tls_client_auth_san_ip: subject,
  tls_client_auth_san_email: subject,
  /** RFC 9101: requests only as signed request objects. */
  require_signed_request_object: z.boolean().optional(),
  request_object_signing_alg: signing,
  response_modes: z.array(z.enum(RESPONSE_MODES)).min(1).optional(),
  authorization_signed_response_alg: signing,
  authorization_encrypted_response_alg: wrapping,
  authorization_encrypted_response_enc: content,
  id_token_encrypted_response_alg: wrapping,
  id_token_encrypted_response_enc: content,
  userinfo_signed_response_alg: signing,
  userinfo_encrypted_response_alg: wrapping,
  userinfo_encrypted_response_enc: content,
  introspection_signed_response_alg: signing,
  introspection_encrypted_response_alg: wrapping,
  introspection_encrypted_response_enc: content,
};

/** What of the answers to a client can be encrypted for it. */
export const ENCRYPTED = ['authorization', 'id_token', 'userinfo', 'introspection'] as const;
