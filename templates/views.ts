/** What every page shows beside its own content, and the data of each view. Views hold no logic. */
import type { Locale } from '#kit/http/locale.ts';
import type { AccessRequestViews } from './views/access-requests.ts';
import type { CardDialogView } from './views/card.ts';
import type { AccountViews } from './views/account.ts';
import type { ConsoleCaseViews } from './views/console-case.ts';
import type { ConsoleQuestionViews } from './views/console-question.ts';
import type { ConsoleRightsViews } from './views/console-rights.ts';
import type { ConsolePersonViews } from './views/console-person.ts';
import type { ConsoleFrame, ConsoleViews } from './views/console.ts';
import type { ConsoleFormViews } from './views/console-form.ts';
import type { ConsoleReviewViews } from './views/console-review.ts';
import type { ConsoleSheetViews } from './views/console-sheets.ts';
import type { ContentLine, ContentViews, PageNotices, WrittenText } from './views/content.ts';
import type { DeskPlace, DeskViews, PageDesk } from './views/desk.ts';
import type { DataRightsViews } from './views/data-rights.ts';
import type { FederationViews } from './views/federation.ts';
import type { MessageViews } from './views/messages.ts';
import type { GrantViews, WaitingRequests } from './views/grants.ts';
import type { EnrollmentViews } from './views/enrollment.ts';
import type { RecoveryViews } from './views/recovery.ts';
import type { SignInViews } from './views/sign-in.ts';
import type { StatusViews } from './views/status.ts';
import type { ChangeRequestViews } from './views/change-requests.ts';
import type { MchSessionViews } from './views/mch-session.ts';
import type { MchContentViews, MchNewsLine } from './views/mch-content.ts';
import type { OfficeViews, PageOffice } from './views/office.ts';
import type { RecordViews, TodoLine } from './views/records.ts';
import type { UnitViews } from './views/units.ts';

export interface PageContext {
  locale: Locale;
  /** Current path and query; the language switch adds or replaces `lang` in it. */
  path: string;
  app: 'idp' | 'mch-app';
  /** At the single entry signing out is a form sent to `signOutUrl`; elsewhere a page that asks first. */
  signedIn?: { name: string; signOutUrl: string; unitLabel?: string };
  /** The portal's places, in order; the one shown is `current`, a `badge` says what waits there. */
  navigation?: { key: string; url: string; current: boolean; badge?: PlaceBadge }[];
  /** Every other page is closed: the foot leads nowhere. */
  closed?: boolean;
  /** Notices and maintenance, above the page. */
  notices?: PageNotices;
  /** The account the person acts as: shown as the chip, and in front of the tab's title. */
  acting?: ActingAccount;
  actedFor?: { name: string; personName: string; binding: string; until: Date; signOutUrl: string };
  idle?: {
    limitMinutes: number;
    warnMinutes: number;
    keepAliveUrl: string;
    signedOutUrl: string;
    /** Where the page and what was typed are sent at the end, and fetched from after signing in again. */
    leave?: { url: string; keptUrl: string };
  };
  /** What a deed just did; `key` is a locale key. */
  status?: {
    kind: 'success' | 'info' | 'warning' | 'error';
    key: string;
    params?: Record<string, string | number>;
  };
  /** The page takes the whole window, the menu beside it is put away. */
  wide?: boolean;
  /** The MCH system: who one is here, and what one keeps at hand. */
  desk?: PageDesk;
  office?: PageOffice;
  /** Replaces the view's own title. */
  title?: string;
  /** Around the pages of the console: its menu, and where one is. */
  console?: ConsoleFrame;
}

/** Which rules a new password must keep: the composed kind, or a long one of any characters. */
export type PasswordRules = 'deck' | 'nist';

/** What must be known on every page of the console; `key` is a locale key. */
export interface ConsoleAlarm {
  key: string;
  isOverdue: boolean;
  url: string;
}

/** A number on a place; `key` is the locale key that says of what. */
export interface PlaceBadge {
  count: number;
  key: string;
}

export interface ActingAccount {
  id: string;
  binding: string;
  unitCode: string;
  unitName: string;
  roleLabel: string;
  /** 1 to 8, see the subsystem colours in `assets/css/tokens.css`. */
  colour: number;
  subsystemName: string;
  others: { id: string; binding: string; unitName: string; roleLabel: string }[];
  /** Receives `account`, `return_to` and `acting` (this `id`) by POST. */
  switchUrl: string;
  returnTo: string;
  /** True on the first page after a switch: the chip lights up for a second. */
  changed?: boolean;
  /** Answers `{ "account": "<id>" }`, so that a tab left under another account notices. */
  actingCheckUrl?: string;
}

export interface FieldError {
  field: string;
  /** A locale key. */
  key: string;
  params?: Record<string, string | number>;
}

export interface SubsystemLabel {
  code: string;
  name: string;
  /** 1 to 8. */
  colour: number;
}

export interface AccountOption {
  id: string;
  binding: string;
  unitCode: string;
  unitName: string;
  roleLabel: string;
  dutyLabel: string;
  lastUsedAt?: Date;
  needsSecondFactor?: boolean;
  favourite?: boolean;
}

export interface MenuGroup {
  slug: string;
  label: string;
  children: MenuGroup[];
  href?: string;
  rights?: string[];
  current?: boolean;
}

export interface ErrorView {
  /** Texts are `fault.<code>.title`, `.what` and `.kept`. */
  code: string;
  params: Record<string, string | number>;
  status: number;
  requestId: string;
  wayOn: { url: string; key: string };
  /** What was sent, to be sent again. */
  again?: { action: string; fields: { name: string; value: string }[]; isWhole: boolean } | undefined;
  protocolError?: { error: string; description?: string };
}

export type { ContentLine, PageNotices };

export interface Views
  extends
    AccessRequestViews,
    GrantViews,
    AccountViews,
    ConsoleCaseViews,
    ConsoleFormViews,
    ConsoleReviewViews,
    ConsoleQuestionViews,
    ConsoleRightsViews,
    ConsolePersonViews,
    ConsoleViews,
    ConsoleSheetViews,
    ContentViews,
    MchContentViews,
    DeskViews,
    EnrollmentViews,
    FederationViews,
    OfficeViews,
    RecoveryViews,
    SignInViews,
    DataRightsViews,
    MchSessionViews,
    MessageViews,
    StatusViews,
    ChangeRequestViews,
    RecordViews,
    UnitViews {
  'idp/home': {
    signInUrl: string;
    news: ContentLine[];
    places: { key: string; places: { key: string; url: string }[] }[];
    visits: { total: number; today: number };
  };
  'idp/second-factor': {
    action: string;
    errors: FieldError[];
    /** The person has no authenticator app, only what else is offered. */
    withoutApp?: boolean;
    passkey?: { action: string; challengeUrl: string };
    /** The page on which the person's card is asked for. */
    cardUrl?: string;
    for?: SubsystemLabel;
    demoCodesUrl?: string;
    cancelUrl?: string;
  };
  'idp/card-factor': {
    dialog: CardDialogView;
    errors: FieldError[];
    for?: SubsystemLabel;
    /** Where the other ways are. */
    backUrl: string;
  };
  'idp/change-password': {
    action: string;
    reason: 'expired' | 'required' | 'forgotten';
    rules: PasswordRules;
    errors: FieldError[];
    loginName: string;
  };
  'idp/choose-account': {
    action: string;
    for: SubsystemLabel;
    accounts: AccountOption[];
    query: string;
    total: number;
    searchable: boolean;
    page: number;
    pages: number;
    cancelUrl?: string;
  };
  'idp/no-account': { for: SubsystemLabel; personName: string; portalUrl: string; backUrl?: string };
  'idp/consent': {
    action: string;
    clientName: string;
    /** What is asked for in more words: each with its fields. */
    details?: { label: string; facts: { label: string; value: string }[] }[];
    scopes: { name: string; key: string }[];
    /** Where the client says how it uses what it gets, and on which terms. */
    policyUrl?: string;
    termsUrl?: string;
    cancelUrl?: string;
  };
  'idp/portal': {
    greeting: string;
    name: string;
    lastSignInAt?: Date;
    requests?: WaitingRequests;
    /** `closed`: why it cannot be entered now, '' when it can. */
    groups: {
      subsystem: SubsystemLabel;
      closed: string;
      accounts: (AccountOption & { action: string; waiting?: number; waitingAsOf?: Date })[];
    }[];
    news: ContentLine[];
    demo?: boolean;
  };
  'idp/sign-out': {
    action: string;
    fields: { name: string; value: string }[];
    for?: SubsystemLabel;
    /** The person has decided at the subsystem already: a script presses the button. */
    confirmed: boolean;
  };
  'idp/signed-out': {
    homeUrl: string;
    again?: string;
    /** The session at the provider one came by goes on, until one ends it there. */
    institution?: { name: string; url: string };
    institutionUnavailable?: boolean;
    /** The client the person signed out from, in the portal's place. */
    onward?: { name: string; url: string };
  };
  'idp/error': ErrorView;
  'idp/demo-codes': { rows: { loginName: string; name: string; code: string; secondsLeft: number }[] };
  'mch-app/home': {
    unitCode: string;
    unitName: string;
    personName: string;
    roleLabel: string;
    dutyLabel: string;
    menuRoleLabels: string[];
    menu: MenuGroup[];
    favourites: DeskPlace[];
    /** What the marked announcements say, turned by hand. */
    marquee: (WrittenText & { url: string })[];
    news: { url: string; lines: MchNewsLine[] };
    todos: TodoLine[];
    idleMinutes: number;
  };
  'mch-app/group': {
    menu: MenuGroup[];
    breadcrumb: string[];
    group: MenuGroup;
    rights: { label: string; letters: string[]; url: string }[];
  };
  'mch-app/error': ErrorView;
}

export type ViewName = keyof Views;
