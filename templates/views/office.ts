/** The back office of the MCH system: its first page, lists of accounts, units, sign-ins and decisions, its forms. */
import type { SignInChart } from '../charts/sign-ins.ts';
import type { FieldError } from '../views.ts';
import type { Cell, Fact, Tone } from './console.ts';
import type { AreaFrame } from './records.ts';

/** Around every page of the back office. */
export interface PageOffice {
  reviewUrl: string;
  consoleUrl: string;
  profileUrl: string;
  messagesUrl: string;
  tabs: { label: string; url: string; current: boolean }[];
}

interface Acting {
  acting: string;
  generation: number;
}

export interface OfficeChoice {
  value: string;
  label: string;
  selected: boolean;
}

export interface OfficeField {
  name: string;
  key: string;
  kind: 'text' | 'date' | 'select';
  value: string;
  isFaulty: boolean;
  options: OfficeChoice[];
}

export interface OfficeViews {
  'mch-app/office-home': AreaFrame & {
    /** A locale key instead of what the single entry could not tell. */
    missingKey: string;
    tiles: { key: string; text: string; url: string }[];
    menuRoles: string[];
    chart: SignInChart;
  };
  'mch-app/office-list': AreaFrame & {
    /** Texts: `<area>.lead`, `.none`, `.none-what`. */
    area: string;
    doneKey: string;
    /** Why there is nothing to see; '' when there is. */
    refusedKey: string;
    fields: OfficeField[];
    isNarrowed: boolean;
    columns: { key: string }[];
    rows: { url: string; cells: (Cell & { key: string })[] }[];
    tools: { key: string; url: string }[];
    exports: { format: string; url: string }[];
    firstUrl: string;
    nextUrl: string;
  };
  'mch-app/office-account': AreaFrame &
    Acting & {
      id: string;
      facts: Fact[];
      /** What is in force. */
      access: Fact[];
      doneKey: string;
      /** What somebody else has put in force since the form was opened. */
      meanwhile: Fact[];
      /** Why it may only be looked at; '' when it may be changed. */
      lookOnlyKey: string;
      action: string;
      backUrl: string;
      was: string;
      key: string;
      quota: { key: string; used: number; limit: number };
      roles: (OfficeChoice & { disabled: boolean })[];
      duties: OfficeChoice[];
      menus: { duty: string; label: string; roles: OfficeChoice[] }[];
      statuses: OfficeChoice[];
      reason: string;
      errors: FieldError[];
    };
  /** Asks for a reason before a deed. */
  'mch-app/office-confirm': AreaFrame &
    Acting & {
      /** Texts: `<area>.title`, `.lead`, `.confirm`. */
      area: string;
      facts: Fact[];
      /** '' when it cannot be done. */
      action: string;
      impossibleKey: string;
      backUrl: string;
      key: string;
      reason: string;
      errors: FieldError[];
    };
  'mch-app/office-rights-form': AreaFrame &
    Acting & {
      /** The single entry lets the person ask for nothing here. */
      isRefused: boolean;
      facts: Fact[];
      action: string;
      backUrl: string;
      key: string;
      typed: { content: string; phone: string; email: string };
      maxContent: number;
      kinds: { value: string; key: string; selected: boolean }[];
      quota: { used: number; limit: number };
      candidates: OfficeChoice[];
      menuRoles: OfficeChoice[];
      errors: FieldError[];
    };
  'mch-app/office-rights': AreaFrame &
    Acting & {
      no: number;
      progress: { textKey: string; tone: Tone };
      doneKey: string;
      facts: Fact[];
      content: string;
      decision: Fact[];
      /** Where the agency decides; '' for everybody else. */
      reviewUrl: string;
      withdrawUrl: string;
      backUrl: string;
      key: string;
      errors: FieldError[];
    };
  'mch-app/office-unit': AreaFrame &
    Acting & {
      name: string;
      doneKey: string;
      facts: Fact[];
      contactFacts: Fact[];
      mayChange: boolean;
      contact: { version: string; address: string; phone: string; email: string; reason: string };
      meanwhile: Fact[];
      qualifications: {
        label: string;
        value: string;
        selected: boolean;
        valid_from: string;
        valid_to: string;
        approval_no: string;
        basis: string;
      }[];
      endsOn: string;
      mayQualify: boolean;
      typed: { valid_from: string; valid_to: string; approval_no: string; basis: string };
      menuRoles: OfficeChoice[];
      contactAction: string;
      qualifyAction: string;
      endAction: string;
      backUrl: string;
      key: string;
      errors: FieldError[];
    };
}
