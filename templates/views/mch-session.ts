/** Pages about the session at the MCH system itself. */
export interface MchSessionViews {
  'mch-app/account-changed': {
    was: { binding: string; unitName: string };
    now: { binding: string; unitName: string };
    continueUrl: string;
    typed: { label: string; value: string }[];
  };
  'mch-app/sign-out': { action: string; subsystemName: string };
  'mch-app/signed-out': {
    reason: 'here' | 'everywhere' | 'idle' | 'ended';
    /** A form that was sent too late waits for whoever signs in again. */
    isFormKept: boolean;
    signInUrl: string;
    portalUrl: string;
  };
}
