/** Requests for a change of data: asking, one's own, the reviewers' queue, one request. */
import type { FieldError } from '../views.ts';
import type { Fact, Tone } from './console.ts';
import type { AreaFrame, ReviewBeside } from './records.ts';

interface Choice {
  value: string;
  /** A locale key. */
  key: string;
  selected: boolean;
}

export interface ChangeRequestViews {
  'mch-app/change-request-form': AreaFrame & {
    facts: Fact[];
    typed: { phone: string; email: string; content: string };
    errors: FieldError[];
    categories: Choice[];
    records: { value: string; label: string; selected: boolean }[];
    asksRecord: boolean;
    /** The way it goes, in words; '' before a category is chosen. */
    flow: string;
    acting: string;
    generation: number;
    ownUrl: string;
  };
  'mch-app/change-requests': AreaFrame & {
    whose: 'own' | 'review';
    filters: { no: string; from: string; to: string; isFaulty: boolean; progress: Choice[] };
    rows: {
      no: number;
      url: string;
      at: Date;
      progress: { key: string; tone: Tone };
      categoryKey: string;
      who: string;
      unit: string;
      steps: string;
    }[];
    askUrl: string;
    firstUrl: string;
    nextUrl: string;
  };
  'mch-app/change-request': AreaFrame & {
    no: number;
    progress: { key: string; tone: Tone };
    facts: Fact[];
    content: string;
    flow: string;
    steps: { reviewerKey: string; decisionKey: string; who: string; at: Date | undefined; reason: string }[];
    decisions: { value: string; key: string }[];
    /** For whoever decides about it. */
    beside: ReviewBeside | undefined;
    reason: string;
    errors: FieldError[];
    decideUrl: string;
    withdrawUrl: string;
    accountsUrl: string;
    backUrl: string;
    acting: string;
    generation: number;
    doneKey: string;
  };
}
