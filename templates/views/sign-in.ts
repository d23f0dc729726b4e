import type { FieldError, SubsystemLabel } from '../views.ts';

/** The first page of signing in. */
export interface SignInViews {
  'idp/sign-in': {
    action: string;
    uid: string;
    for?: SubsystemLabel;
    account: string;
    errors: FieldError[];
    /** What they tell is how it went at an institution: nothing typed here is wrong. */
    institutionFailed?: boolean;
    /** Where a passkey may take the place of account, password and captcha. */
    passkey?: { action: string; challengeUrl: string };
    captchaImageUrl: string;
    captchaAudioUrl: string;
    /** Posting the form here draws a new captcha and keeps the typed account. */
    newCaptchaUrl: string;
    cancelUrl?: string;
    demo?: boolean;
    /** Providers of institutions that everybody is offered; absent where there is none at all. */
    institutions?: { label: string; url: string }[];
    /** Where one names one's own. */
    institutionUrl?: string;
    forgottenUrl: string;
  };
}
