/** Pages of the console about one thing: its facts and tables, and what can be done about it. */
import type { FieldError } from '../views.ts';
import type { Cell, Fact, Tone } from './console.ts';

export interface SheetLink {
  /** A locale key. */
  key: string;
  url: string;
  tone: 'main' | 'plain' | 'danger';
}

export interface SheetSection {
  id: string;
  heading: { key: string };
  /** Its key is '' when there is nothing to say. */
  note: { key: string };
  facts: Fact[];
  table: { columns: { key: string }[]; rows: { cells: (Cell & { key: string; url?: string })[] }[] };
  /** Shown where neither facts nor rows are; its key is '' when nothing is. */
  none: { key: string };
  links: SheetLink[];
  posts: { key: string; action: string; tone: string; fields: { name: string; value: string }[] }[];
  /** As it stands, line by line. */
  text: string;
}

export interface ManifestChangeView {
  path: string;
  kind: 'added' | 'removed' | 'changed';
  before: string;
  after: string;
  /** Its key is '' when it is harmless. */
  danger: { key: string };
  /** Accounts that hold what goes; 0 when none, or it does not go. */
  holders: number;
}

export interface KeyBar {
  kid: string;
  alg: string;
  y: number;
  spans: { kind: 'announced' | 'active' | 'retiring'; x: number; width: number }[];
  revokedX: number;
}

export interface ConsoleSheetViews {
  'idp/console-sheet': {
    title: string;
    lead: string;
    links: SheetLink[];
    sections: SheetSection[];
    /** A report to keep on paper. */
    isReport: boolean;
  };
  /** Paste or upload a manifest; what is wrong with the last one, place by place. */
  'idp/console-manifest': {
    action: string;
    text: string;
    faults: { path: string; key: string; params: Record<string, string | number> }[];
    errors: FieldError[];
    cancelUrl: string;
  };
  'idp/console-manifest-review': {
    name: string;
    isNew: boolean;
    changes: ManifestChangeView[];
    dangers: number;
    action: string;
    fields: { name: string; value: string }[];
    reason: string;
    hasSeen: boolean;
    errors: FieldError[];
    backUrl: string;
  };
  /** How long the old secret stays good, and why it is replaced. */
  'idp/console-secret-form': {
    clientId: string;
    action: string;
    days: number;
    mostDays: number;
    reason: string;
    errors: FieldError[];
    cancelUrl: string;
  };
  /** A new client secret, told once. */
  'idp/console-secret': {
    /** Texts: `<area>.title`, `.lead`, `.secret`, `.once`, `.done`. */
    area: string;
    clientId: string;
    secret: string;
    /** Absent when the old one ended at once, or there was none. */
    previousUntil: Date | undefined;
    nextUrl: string;
  };
  /** Whom to stop; once found, what that would end. */
  'idp/console-emergency': {
    action: string;
    login: string;
    subject: { name: string; unit: string; status: { key: string }; effects: string[] } | undefined;
    reason: string;
    errors: FieldError[];
    cancelUrl: string;
  };
  'idp/console-readiness': {
    name: string;
    outcome: { key: string; tone: Tone };
    isRunning: boolean;
    startedAt: Date;
    by: string;
    /** Texts are `readiness.step-<code>` and `readiness.mend-<reason>`; reason '' when there is nothing to mend. */
    steps: { code: string; kind: string; tone: Tone; reason: string; seen: string; ms: number }[];
    againAction: string;
    listUrl: string;
    refreshUrl: string;
  };
  'idp/console-signing-keys': {
    next: { at: Date; kid: string; key: string } | undefined;
    line: {
      width: number;
      height: number;
      nowX: number;
      ticks: { x: number; label: string }[];
      bars: KeyBar[];
    };
    keys: {
      kid: string;
      alg: string;
      state: { key: string; tone: Tone };
      publishFrom: Date;
      signFrom: Date;
      signUntil: Date | undefined;
      publishUntil: Date | undefined;
      why: string;
      isImported: boolean;
      /** Clients that had not fetched it when it began to sign; '' when there is none. */
      without: string;
      /** Each '' where the deed cannot be done. */
      rotateUrl: string;
      retireUrl: string;
      revokeUrl: string;
    }[];
    /** What is known of clients and the newest key of each algorithm. */
    evidence: {
      kid: string;
      alg: string;
      /** Present while it does not sign yet. */
      wait: { earliest: Date; deadline: Date; signFrom: Date; waitsFor: string } | undefined;
      clients: {
        clientId: string;
        state: { key: string; tone: Tone };
        fetchedAt: Date | undefined;
        seenAt: Date | undefined;
      }[];
    }[];
    /** How long each step lasts, in words. */
    spans: { rotate: string; announce: string; deadline: string; keep: string };
    unconfirmed: { kid: string; by: string; at: Date; why: string; url: string; isOverdue: boolean }[];
    rotateUrl: string;
  };
}
