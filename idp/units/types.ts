/** An institution or agency that people work at. */
export interface Unit {
  code: string;
  name: string;
  nameEn: string;
  /** `hospital`, `clinic`, `health_station`, … as manifests name them in `unitKinds`. */
  kind: string;
  /** Official five-digit code. */
  county: string;
  /** Official eight-digit code. */
  town: string;
  status: 'active' | 'closed';
}

export interface UnitSearch {
  /** A code or its beginning, or a part of the name in either language. */
  text: string;
  county: string;
  town: string;
  limit: number;
}

/** Somebody who decides about a unit's people, as applicants may see them. */
export interface UnitManager {
  accountId: string;
  name: string;
  phone: string;
  email: string;
}

/** A kind of unit, as `labels/kinds.json` declares it. */
export interface UnitKind {
  code: string;
  /** Which codes units of this kind have. */
  form: 'medical' | 'agency' | 'any';
  name: string;
  nameEn: string;
  /** Other words for it in the institution register. */
  terms: string[];
}
