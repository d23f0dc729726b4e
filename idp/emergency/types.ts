/** What an emergency stop ended, as it stood that moment: kept as it is. */
export interface Ended {
  sessions: { uid: string; ip: string | null; signedInAt: string | null; clients: EndedGrant[] }[];
  /** Granted without a browser: they would have outlived every session. */
  browserless: EndedGrant[];
  /** Clients told to end their sessions of the person. */
  clientsTold: string[];
  /** Links by which a password could have been chosen. */
  links: number;
  /** The account was disabled already: whoever undoes the stop does not enable it. */
  wasDisabled?: boolean;
}

export interface EndedGrant {
  clientId: string;
  subsystemAccountId: string | null;
}

export interface EmergencyStop {
  id: number;
  accountId: string;
  loginName: string;
  personName: string;
  unitCode: string;
  status: 'active' | 'disabled';
  stoppedAt: Date;
  stoppedByName: string | null;
  reason: string;
  ended: Ended;
  enabledAt: Date | null;
  enabledByName: string | null;
  enabledBecause: string | null;
}
