/** The pages on which people arrange their own account. */
import type { FieldError, SubsystemLabel } from '../views.ts';
import type { CardDialogView } from './card.ts';
import type { RequestRow } from './access-requests.ts';

export interface BindingRow {
  id: string;
  binding: string;
  subsystem: SubsystemLabel;
  unit: { code: string; name: string };
  roleLabel: string;
  /** Why it cannot be entered as; `key` is a locale key. */
  standing?: { key: string };
  favourite: boolean;
  /** At the beginning or end of the favourites: there is no further place to move to. */
  first: boolean;
  last: boolean;
  lastUsedAt?: Date;
  /** Of its own page; its deeds are below it. */
  address: string;
  /** Id of the dialog that asks before it is removed. */
  dialog: string;
}

/** A second factor of one's own. */
export interface FactorRow {
  kind: 'totp' | 'passkey' | 'card';
  /** What it is. */
  label: string;
  /** What its owner calls it, else what it is. */
  name: string;
  addedAt: Date;
  lastUsedAt?: Date;
  /** Of its own page; its deeds are below it. */
  address: string;
}

export interface AccountViews {
  'idp/security': {
    factors: (FactorRow & { removable: boolean })[];
    needs: 'none' | 'one' | 'phishing_resistant';
    hasTotp: boolean;
    totpUrl: string;
    passkeyUrl: string;
    /** Empty where no card is taken. */
    cardUrl: string;
    codesLeft: number;
    codesAction: string;
    passwordUrl: string;
    /** Empty where there is no provider of an institution. */
    linksUrl: string;
  };
  'idp/totp-enrolment': {
    action: string;
    /** In groups of four. */
    secret: string;
    /** An SVG path on a square grid. */
    qr: { size: number; path: string };
    sealed: string;
    name: string;
    errors: FieldError[];
    /** One's role demands it, in the middle of signing in. */
    forced: boolean;
    cancelUrl: string;
  };
  'idp/profile': {
    action: string;
    loginName: string;
    name: string;
    unit: string;
    /** Masked. */
    nationalId: string;
    isDeclared: boolean;
    nationalIdUrl: string;
    email: string;
    /** Empty when no new address waits to be confirmed. */
    pendingEmail: string;
    emailUrl: string;
    typed: {
      title: string;
      phone: string;
      sparePhone: string;
      unitPhone: string;
      mobile: string;
      spareEmail: string;
    };
    errors: FieldError[];
  };
  'idp/profile-field': {
    /** Chooses the texts. */
    kind: 'national_id' | 'email';
    action: string;
    typed: string;
    errors: FieldError[];
    backUrl: string;
  };
  /** `token` is empty when the link is no longer good. */
  'idp/email-confirmation': { action: string; token: string; backUrl: string };
  'idp/passkey': {
    action: string;
    /** JSON for the browser, challenge included. */
    options: string;
    name: string;
    errors: FieldError[];
    backUrl: string;
    /** Within a sign-in that cannot go on without it. */
    forced?: boolean;
  };
  'idp/consents': {
    consents: { name: string; since: Date; scopes: { name: string; key: string }[]; action: string }[];
  };
  'idp/own-card': { dialog: CardDialogView; name: string; errors: FieldError[]; backUrl: string };
  'idp/recovery-codes': { codes: string[]; backUrl: string };
  'idp/factor': FactorRow & { backUrl: string };
  'idp/factor-removal': FactorRow & { backUrl: string };
  'idp/bindings': {
    action: string;
    bindings: BindingRow[];
    /** The person's own accounts without a binding; `fillUrl` fills the form with one. */
    unbound: {
      id: string;
      subsystem: SubsystemLabel;
      unit: { code: string; name: string };
      fillUrl: string;
    }[];
    /** Asked for and being reviewed. */
    pending: RequestRow[];
    systems: (SubsystemLabel & { selected: boolean })[];
    typed: { name: string; subsystemCode: string; subsystemAccountId: string };
    errors: FieldError[];
    demo: boolean;
  };
  'idp/binding': BindingRow & { typed: string; errors: FieldError[]; backUrl: string };
  'idp/sessions': {
    sessions: {
      /** The one this page was asked for in. */
      current: boolean;
      device: string;
      address: string;
      signedInAt: Date;
      activeAt: Date;
      systems: string[];
      action: string;
    }[];
    /** What no browser holds; `binding`: '' where it acts as no account. */
    grants: { system: string; binding: string; since: Date; endsAt: Date; action: string }[];
    others: number;
    othersAction: string;
    historyUrl: string;
  };
  'idp/sign-in-history': {
    events: {
      at: Date;
      kind: 'success' | 'refused';
      /** Locale keys. */
      key: string;
      reason?: string;
      system: string;
      device: string;
      address: string;
    }[];
    olderUrl?: string;
    newestUrl?: string;
    backUrl: string;
  };
  'idp/binding-removal': BindingRow & { backUrl: string };
}
