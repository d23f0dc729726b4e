export type IdType = 'national_id' | 'resident_permit' | 'passport' | 'none';
export type Sex = 'male' | 'female' | 'unknown';

/** Who a person is, as a form says it. */
export interface Identity {
  kind: 'mother' | 'child';
  idType: IdType;
  /** As it is kept: upper case, no blanks; '' without one. */
  idNo: string;
  name: string;
  /** `YYYY-MM-DD`. */
  birthDate: string;
  /** Of a child. */
  birthAt: Date | undefined;
  birthOrder: number | undefined;
  sex: Sex | undefined;
  motherIdNo: string;
  motherName: string;
}

/** Somebody on record. */
export interface Patient {
  id: string;
  kind: 'mother' | 'child';
  idType: IdType;
  /** `A12****789`, or '' without a number. */
  idHint: string;
  name: string;
  birthDate: string;
  birthAt: Date | null;
  birthOrder: number | null;
  sex: Sex | null;
  motherId: string | null;
}

/** What cannot be right about an identity: a field of the form and a text of all records. */
export interface IdentityFault {
  field: string;
  key: string;
}
