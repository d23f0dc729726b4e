export interface KnownUnit {
  code: string;
  name: string;
  kind: string;
  /** 5 digits. */
  county: string;
  /** 8 digits. */
  town: string;
}
