export interface KnownUnit {
  code: string;
  name: string;
  kind: string;
  /** 5 digits. */
  county: string;
  /** 8 digits. */
  town: string;
}

/** A unit as the single entry's register has it. */
export interface RegisteredUnit extends KnownUnit {
  status: 'active' | 'closed';
  changedAt: Date;
}

/** Names of units by their codes; what is not there is not known. */
export type UnitNames = ReadonlyMap<string, string>;
