import type { ColumnType, Generated } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;

export interface HcaChallengeTable {
  nonce_digest: Buffer;
  scope: Buffer;
  expires_at: Timestamp;
  used_at: Timestamp | null;
}

export interface EnrollmentCardTable {
  enrollment_id: string;
  unit_code: string;
  issuer: string;
  serial: string;
  card_no: string | null;
  verified_at: Timestamp;
}

export interface HcaUnitCertificateTable {
  issuer: string;
  serial: string;
  unit_code: string;
  reason: string;
  registered_at: Timestamp;
}

export interface PersonCardTable {
  id: Generated<string>;
  account_id: string;
  issuer: string;
  serial: string;
  card_no: string | null;
  name: string;
  added_at: Timestamp;
  last_used_at: Timestamp | null;
}

/** Cards of health care institutions and professionals. */
export interface HcaTables {
  hca_challenge: HcaChallengeTable;
  enrollment_card: EnrollmentCardTable;
  hca_unit_certificate: HcaUnitCertificateTable;
  person_card: PersonCardTable;
}
