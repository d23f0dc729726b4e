export type IdType = 'national_id' | 'resident_permit' | 'passport' | 'none';
export type Sex = 'male' | 'female' | 'unknown';

/** Who a person is, as a form says it. */
export interface Identity {
  kind: 'mother' | 'child';
  idType: IdType;
  /** As it is kept: upper case, no blanks; '' without one. */
  idNo: string;
  name: string;
  /** Whether the name was given, not made of its mother's. */
  isNamed: boolean;
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
  /** The draft this row belongs to: it says what was typed there, and is nobody to any other form. */
  draftOf: string | null;
}

/** What the register of births says of a child beside who it is. */
export interface Birth {
  motherName: string;
  unitCode: string | null;
  gestationDays: number | null;
  birthWeight: number | null;
  guardianName: string | null;
  guardianPhone: string | null;
  residenceTown: string;
}

/** What a form says of a birth; null or undefined where it says nothing. */
export interface BirthFacts extends Pick<
  Birth,
  'gestationDays' | 'birthWeight' | 'guardianName' | 'guardianPhone'
> {
  unit: { code: string; county: string; town: string } | undefined;
  residence: { county: string; town: string } | undefined;
  isAlive: boolean | undefined;
}

/** What cannot be right about an identity: a field of the form and a text of all records. */
export interface IdentityFault {
  field: string;
  key: string;
}
