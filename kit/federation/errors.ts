/** The error codes of OpenID Federation 1.0 §8.9 that something wrong with an entity or its chain comes to. */
export type FederationErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_issuer'
  | 'invalid_subject'
  | 'invalid_trust_anchor'
  | 'invalid_trust_chain'
  | 'invalid_metadata'
  | 'not_found'
  | 'server_error'
  | 'temporarily_unavailable'
  | 'unsupported_parameter';

/** Why an entity is not trusted. The message names the entity and the rule, and holds nothing secret. */
export class FederationError extends Error {
  readonly code: FederationErrorCode;
  constructor(code: FederationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FederationError';
    this.code = code;
  }
}

/** A chain that does not hold, and why. */
export const broken = (why: string): FederationError => new FederationError('invalid_trust_chain', why);
