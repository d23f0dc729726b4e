/** A client of others that may have something of a person's now. */
export interface Consent {
  clientId: string;
  /** The first grant that is still alive. */
  since: Date;
  scopes: string[];
}
