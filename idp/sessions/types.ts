/** A browser's session at the single entry, with the person it belongs to. */
export interface BrowserSession {
  uid: string;
  accountId: string;
  personName: string;
  loginName: string;
  acr: string | undefined;
  /** The sign-in before this session's. */
  previousSignInAt: Date | undefined;
  activeAt: Date;
  loginAt: Date;
}

/** Why sessions end; each end reaches every client the session was used at. */
export type EndCause = 'sign_out' | 'expired' | 'account_disabled' | 'password_changed' | 'administrator';
