import type { Locale } from '#kit/http/locale.ts';

/** A text in the language of each part of the mail. */
export type LocalizedText = { 'zh-TW': string; en: string };

interface SubsystemAccountFacts {
  subsystemName: LocalizedText;
  subsystemAccountId: string;
}

type Outcome<T extends string> = { outcome: T };

/**
 * What each kind of mail says, by its number in the catalogue, where it has one. Every value that
 * has a label (`mail.fact.*`) is listed in the mail, in the order given. `url` must begin with the issuer;
 * that of N15 leads to the subsystem that has work waiting.
 */
export interface MailParams {
  /** An application for an account was received. */
  N01: { loginName: string; unitName: LocalizedText; url: string };
  /** An application waits for the reviewer. */
  N02: { applicantName: string; unitName: LocalizedText; subject: LocalizedText; url: string };
  /** The account was approved or the application returned. */
  N03:
    | (Outcome<'approved'> & { loginName: string; url: string })
    | (Outcome<'returned'> & { loginName: string; reason: string; url: string });
  /** A subsystem account was approved, one was changed, or a request returned; `prefix` is the manifest's. */
  N04: Outcome<'approved' | 'changed' | 'returned'> & {
    prefix: LocalizedText;
    subsystemName: LocalizedText;
    unitName: LocalizedText;
    subsystemAccountId?: string;
    reason: string;
    url: string;
  };
  /** The paper form: received, to be supplemented, account opened. */
  N05: Outcome<'received' | 'supplement' | 'opened'> & {
    loginName: string;
    unitName: LocalizedText;
    reason?: string;
    url: string;
  };
  /** The link to choose a new password. */
  N06: { loginName: string; url: string };
  /** An account was made by whoever administers them; the link chooses its first password. */
  account_created: { loginName: string; url: string };
  /** The same link, sent because somebody who administers asked for it. */
  password_reset_by_manager: { loginName: string; url: string };
  N07: { loginName: string; changedAt: Date; url: string };
  /** Too many wrong passwords. */
  N08: { loginName: string; lockedUntil: Date; url: string };
  N09: { loginName: string; days: number; url: string };
  /** A subsystem account will be, was, or no longer is suspended; `member_…` tells its unit's managers. */
  N10:
    | (Outcome<'warned'> & SubsystemAccountFacts & { suspendsAt: Date; url: string })
    | (Outcome<'suspended' | 'reinstated' | 'member_suspended' | 'member_reinstated'> &
        SubsystemAccountFacts & { reason: LocalizedText });
  N11: { loginName: string; reason: string };
  /** What the agency decided about what a unit asked for. */
  N12: Outcome<'allowed' | 'refused'> & {
    requestNo: number;
    subject: LocalizedText;
    subsystemName: LocalizedText;
    unitName: LocalizedText;
    reason: string;
    url: string;
  };
  /** What waits at a subsystem, for whoever asked to be reminded. */
  N15: {
    subsystemName: LocalizedText;
    unitName: LocalizedText;
    waitingWork: LocalizedText;
    settingsAddress: string;
    url: string;
  };
  N16: Outcome<'added' | 'removed'> & {
    subsystemName: LocalizedText;
    subsystemAccountId: string;
    binding: string;
    url: string;
  };
  N17: { announcement: LocalizedText; url: string };
  /** Somebody stands in for a reviewer, or no longer does; both are told. */
  delegation: Outcome<'given' | 'revoked'> & {
    delegatorName: string;
    deputyName: string;
    period: LocalizedText;
    url: string;
  };
  /** An operator acts, or acted, as an account of the person. */
  impersonation: Outcome<'begun' | 'ended'> & {
    operatorName: string;
    subsystemName: LocalizedText;
    subsystemAccountId: string;
    period: LocalizedText;
    reason: string;
    url: string;
  };
  /** Unusual use, or a breach of personal data: to those responsible. */
  N18:
    | (Outcome<'alert'> & { alertRule: LocalizedText; happenedAt: Date; url: string })
    | (Outcome<'breach_recorded'> & { breachTitle: string; knownAt: Date; url: string })
    | (Outcome<'breach_overdue'> & {
        breachTitle: string;
        breachStep: LocalizedText;
        dueAt: Date;
        url: string;
      })
    | (Outcome<'trail_altered'> & { happenedAt: Date; url: string });
  /** Accounts of a unit wait to be reviewed: to its managers. */
  review_due: { unitName: LocalizedText; dueAt: Date; url: string };
  /** Proves that an address can be read: a new one, or an applicant's. */
  confirm_address: { url: string };
  /** To the old and the new address. */
  address_changed: { loginName: string; changedAt: Date };
  /** An authenticator was added or removed; `authenticator` names it. */
  authenticator_changed: Outcome<'added' | 'removed'> & {
    loginName: string;
    authenticator: LocalizedText;
    changedAt: Date;
  };
  /** A signing key was revoked: somebody else is to confirm it, or nobody did within a day. */
  key_revoked: Outcome<'confirm' | 'overdue'> & { loginName: string; kid: string; url: string };
  /** Something about the signing keys is overdue or amiss: to the operators. */
  key_alarm:
    | (Outcome<'rotation_overdue' | 'no_successor' | 'federation_overdue'> & { kid: string; url: string })
    | (Outcome<'promotion_waits' | 'promoted_unseen' | 'vouching_waits'> & {
        kid: string;
        clients: string;
        url: string;
      })
    | (Outcome<'replica_behind'> & { replica: string; url: string });
}

export type MailKind = keyof MailParams;

/** A mail to be sent once for the event its key names. */
export type NewMail<K extends MailKind = MailKind> = {
  [Each in K]: {
    kind: Each;
    to: { accountId?: string; address: string; name: string };
    /** The language that comes first; the other follows below. zh-TW when left out. */
    locale?: Locale;
    params: MailParams[Each];
    /** Until when its link or code works: it is not sent later than that. */
    goodUntil?: Date;
    /** Names the event, the kind and the recipient: a second mail of the same key is never written. */
    dedupeKey: string;
  };
}[K];

/** What is sealed in the outbox. Moments are ISO 8601 texts by then. */
export interface MailContent {
  address: string;
  name: string;
  params: Record<string, string | number | LocalizedText>;
  goodUntil?: string;
}

/** A mail taken out of the outbox to be sent. */
export interface LeasedMail {
  id: number;
  kind: string;
  dedupeKey: string;
  contentSealed: Buffer | undefined;
  locale: Locale;
  attempts: number;
  createdAt: Date;
}
