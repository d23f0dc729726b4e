import type { Certificate } from 'pkijs';

/** A card proves an institution (HOP) or a professional (HPC). */
export type CardKind = 'institution' | 'person';

/** SM-02: why a card is not taken. Each has its words in `hca-card.failed-<code>`. */
export type CardFailure =
  | 'SIG'
  | 'CHAIN'
  | 'KEY_USAGE'
  | 'EXPIRED'
  | 'REVOKED'
  | 'REVOCATION_UNAVAILABLE'
  | 'NOT_HCA'
  | 'NOT_ORG_CARD'
  | 'NOT_PERSON_CARD'
  | 'UNIT_MISMATCH'
  | 'PERSON_MISMATCH'
  | 'REPLAY'
  | 'TIMEOUT';

/** What the browser sends: a PKCS#1 signature and its certificate, or both within a CMS message. All base64. */
export interface CardAnswer {
  nonce: string;
  certificate: string;
  signature: string;
  cms: string;
}

/** A card that signed, whose certificate holds. */
export interface VerifiedCard {
  kind: CardKind;
  /** The issuer's name as text, RFC 4514. */
  issuer: string;
  /** Lower-case hexadecimal. */
  serial: string;
  cardNo: string | undefined;
  commonName: string;
  /** Values by `subject:<oid>` and `sda:<oid>`, as the certificate holds them. */
  values: ReadonlyMap<string, string[]>;
}

export type CardVerdict = { ok: true; card: VerifiedCard } | { ok: false; failure: CardFailure };

/** A certificate with the private key that signed, before anything is believed. */
export interface Signed {
  certificate: Certificate;
  /** Other certificates that came along, for building a path; none is trusted. */
  others: Certificate[];
  cardNo: string | undefined;
}

/** Where a certificate's word on its holder is read, in this order. `registry`: the agency's own list. */
export type CardSource = string;

export interface CardSettings {
  /** DER or PEM files. */
  anchors: string[];
  intermediates: string[];
  /** `host[:port]` of the only servers asked about revocation. */
  revocationHosts: string[];
  /** For certificates that name no server themselves. */
  ocspUrl: string | undefined;
  crlUrl: string | undefined;
  unitSources: CardSource[];
  personSources: CardSource[];
}

export interface CardVerifier {
  /**
   * Whether the answer signs `message` with a card that holds at `now`: signature, path to an anchor, validity, key
   * usage, revocation, kind of holder. Never throws at what a browser may send.
   */
  verify(answer: CardAnswer, message: Buffer, now: Date): Promise<CardVerdict>;
  settings: Pick<CardSettings, 'unitSources' | 'personSources'>;
}
