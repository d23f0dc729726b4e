import type { JWK } from 'jose';

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
export interface JsonObject {
  [name: string]: Json;
}

/** Metadata by entity type, e.g. `openid_relying_party` (OpenID Federation 1.0 §5). */
export type Metadata = Record<string, JsonObject>;
/** Operators by entity type and parameter (§6.1.2). */
export type MetadataPolicy = Record<string, Record<string, JsonObject>>;

/** §6.2 */
export interface Constraints {
  max_path_length?: number | undefined;
  naming_constraints?: { permitted?: string[] | undefined; excluded?: string[] | undefined } | undefined;
  allowed_entity_types?: string[] | undefined;
}

/** §7.1, as it stands in an entity configuration. */
export interface TrustMarkEntry {
  trust_mark_type: string;
  trust_mark: string;
}

export interface KeySet {
  keys: JWK[];
}

/** The claims of an entity statement (§3.1); times in seconds since the epoch. */
export interface EntityStatementClaims {
  iss: string;
  sub: string;
  iat: number;
  exp: number;
  jwks: KeySet;
  metadata?: Metadata | undefined;
  crit?: string[] | undefined;
  authority_hints?: string[] | undefined;
  trust_marks?: TrustMarkEntry[] | undefined;
  trust_mark_issuers?: Record<string, string[]> | undefined;
  trust_mark_owners?: Record<string, { sub: string; jwks: KeySet }> | undefined;
  constraints?: Constraints | undefined;
  metadata_policy?: MetadataPolicy | undefined;
  metadata_policy_crit?: string[] | undefined;
  source_endpoint?: string | undefined;
}

/** A statement whose form was checked; whether it is signed by whom it says is the reader's next question. */
export interface EntityStatement {
  jwt: string;
  kid: string;
  claims: EntityStatementClaims;
}

/** A superior trusted without proof: its keys came to us by another way (§4). */
export interface TrustAnchor {
  entityId: string;
  jwks: KeySet;
}

/** What a chain that holds says of its subject. */
export interface TrustChain {
  subject: string;
  anchor: TrustAnchor;
  /** The statements as they were signed, from the subject's to the anchor's own. */
  jwts: string[];
  /** The anchor's own statement, which says who may issue which trust marks. */
  anchorConfiguration: EntityStatementClaims;
  /** The subject's own statement. */
  configuration: EntityStatementClaims;
  /** Its metadata after its superiors' word and policies (§6.1.4.2). */
  metadata: Metadata;
  /** Seconds since the epoch: when the first of its statements ends (§10.4). */
  exp: number;
}
