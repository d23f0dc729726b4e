/** What the pages of reviewing show: one thing to be decided, and who stands in for whom. */
import type { FieldError } from '../views.ts';
import type { Cell, Change, Fact, HistoryLine, Tone } from './console.ts';

interface DelegationLine {
  name: string;
  /** '' when it is not theirs to know. */
  loginName: string;
  from: Date;
  until: Date;
  reason: string;
  state: { textKey: string; tone: Tone };
  /** '' when there is nothing to end. */
  revokeUrl: string;
}

/** One thing that waits: facts left, what is asked right, the decision at the bottom. */
export interface ReviewPage {
  /** Texts: `<area>.facts`, `.asked`. */
  area: string;
  title: string;
  status: Cell[];
  facts: Fact[];
  asked: Fact[];
  changes: Change[];
  /** What an approval will do, each a whole sentence. */
  effects: string[];
  scan: ReviewScan | undefined;
  history: HistoryLine[];
  decision: ReviewDecision | undefined;
  /** Where its applicant takes it back; '' when they cannot. */
  withdrawUrl: string;
  /** Why this person cannot decide it, as a locale key; '' when they can, or when it is over. */
  refusalKey: string;
  /** '' where there is none. */
  previousUrl: string;
  nextUrl: string;
  listUrl: string;
  errors: FieldError[];
}

export interface ReviewScan {
  name: string;
  size: number;
  url: string;
  /** Addresses of its pages as pictures. */
  pictures: string[];
  /** Where a form that came by fax is put in; '' when it is not the moment. */
  attachUrl: string;
  isThere: boolean;
}

export interface ReviewDecision {
  action: string;
  /** Of what is shown, so that nothing is decided that has changed meanwhile. */
  version: string;
  comment: string;
  commentRequired: boolean;
  buttons: { name: string; key: string; shortcut: 'approve' | 'return' | ''; isMain: boolean }[];
  /** The name of whoever is stood in for; '' for oneself. */
  onBehalfOf: string;
}

export interface ConsoleReviewViews {
  'idp/console-delegations': {
    given: DelegationLine[];
    received: DelegationLine[];
    action: string;
    values: { deputy: string; from: string; until: string; reason: string };
    errors: FieldError[];
  };
  'idp/console-review': ReviewPage;
  /** M-43: what a unit asks the agency for. */
  'idp/console-permission-request': {
    facts: Fact[];
    /** The subsystems and units one may ask for, when there are several. */
    pairs: { value: string; label: string; selected: boolean }[];
    pairAction: string;
    action: string;
    pair: string;
    kinds: { value: string; key: string; selected: boolean }[];
    candidates: { value: string; label: string; selected: boolean }[];
    menuRoles: { value: string; label: string; selected: boolean }[];
    quota: { used: number; limit: number } | undefined;
    values: { content: string; phone: string; email: string };
    listUrl: string;
    errors: FieldError[];
  };
  /** What became of several deeds at once. */
  'idp/console-outcome': {
    /** Texts: `<area>.title`, `.lead`. */
    area: string;
    lines: { label: string; effect: string; refused: boolean }[];
    listUrl: string;
  };
}
