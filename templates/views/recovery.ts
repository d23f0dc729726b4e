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
}
