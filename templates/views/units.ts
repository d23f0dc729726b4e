/** The console's pages about units and the imports of the institution register. */
import type { FieldError } from '../views.ts';
import type { Cell, Change, Fact, HistoryLine, Tone } from './console.ts';

export interface Choice {
  value: string;
  label: string;
  selected: boolean;
}

export interface UnitViews {
  'idp/console-unit': {
    code: string;
    name: string;
    facts: Fact[];
    people: Fact[];
    managers: { name: string; phone: string; email: string }[];
    quotas: { label: string; used: number; limit: number }[];
    subsystems: { label: string; role: string; key: string; tone: Tone; count: number }[];
    history: HistoryLine[];
    tools: { key: string; url: string }[];
  };
  'idp/console-unit-edit': {
    code: string;
    action: string;
    cancelUrl: string;
    /** False: only how to reach it. */
    whole: boolean;
    version: number;
    values: Record<string, string>;
    was: { name: string; value: string }[];
    kinds: Choice[];
    towns: { county: string; towns: Choice[] }[];
    levels: Choice[];
    /** What somebody else changed meanwhile. */
    changes: Change[];
    reason: string;
    errors: FieldError[];
  };
  'idp/console-unit-merge': {
    code: string;
    name: string;
    action: string;
    into: string;
    cancelUrl: string;
    errors: FieldError[];
  };
  'idp/console-unit-entitlements': {
    name: string;
    action: string;
    endAction: string;
    backUrl: string;
    /** Days as `yyyy-mm-dd`; '' for no end. `value` names one when it is to end. */
    entitlements: {
      value: string;
      label: string;
      validFrom: string;
      validTo: string;
      approvalNo: string;
      basis: string;
    }[];
    choices: Choice[];
    typed: { validFrom: string; validTo: string; approvalNo: string; basis: string };
    errors: FieldError[];
  };
  'idp/console-unit-imports': {
    uploadUrl: string;
    underWay: { url: string; by: string; at: Date } | undefined;
    imports: {
      url: string;
      at: Date;
      fileName: string;
      by: string;
      key: string;
      tone: Tone;
      rows: number;
    }[];
    olderUrl: string;
  };
  'idp/console-unit-upload': {
    action: string;
    templateUrl: string;
    cancelUrl: string;
    megabytes: number;
    columns: { name: string; required: boolean }[];
    underWay: { url: string; by: string; at: Date } | undefined;
    errors: FieldError[];
  };
  'idp/console-unit-import': {
    facts: Fact[];
    /** While it is being worked on. */
    progress: { key: string; done: number; total: number; percent: number } | undefined;
    counts: { key: string; count: number; url: string; current: boolean }[];
    rows: {
      line: number;
      code: string;
      name: string;
      what: { label: string; before?: string; after?: string }[];
    }[];
    /** Whose rows these are: a locale key; '' while there are none. */
    shown: { key: string };
    nextUrl: string;
    firstUrl: string;
    reportUrl: string;
    applyUrl: string;
    cancelUrl: string;
    refreshUrl: string;
  };
}

export type { Cell };
