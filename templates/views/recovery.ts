import type { FieldError, PasswordRules } from '../views.ts';

/** Mails in the demo's mailbox, and the way to a new password. */
export interface RecoveryViews {
  /** Demo only: mails as they were written. */
  'idp/mailbox': { mails: { url: string; subject: string; to: string; createdAt: Date; sent: boolean }[] };
  'idp/mailbox-letter': {
    subject: string;
    sender: string;
    to: string;
    createdAt: Date;
    lines: { text: string; isLink: boolean }[];
    htmlUrl: string;
    boxUrl: string;
  };
  'idp/forgot-password': {
    action: string;
    account: string;
    email: string;
    errors: FieldError[];
    captchaImageUrl: string;
    captchaAudioUrl: string;
    /** Posting the form here draws a new captcha and keeps what was typed. */
    newCaptchaUrl: string;
    homeUrl: string;
  };
  /** The same whether there is such an account or not. */
  'idp/forgot-password-sent': { homeUrl: string; againUrl: string; mailboxUrl?: string };
  'idp/password-reset-closed': {
    reason: 'expired' | 'used' | 'superseded' | 'unknown';
    againUrl: string;
    signInUrl: string;
  };
  'idp/password-reset-done': { signInUrl: string };
  'idp/own-password': {
    action: string;
    rules: PasswordRules;
    errors: FieldError[];
    loginName: string;
    cancelUrl: string;
  };
}
