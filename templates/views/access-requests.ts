/** The pages on which somebody asks for a subsystem account, or for a change of one, and sees how that stands. */
import type { FieldError, SubsystemLabel } from '../views.ts';
import type { ChoiceForm, FlowSteps, Option } from './enrollment.ts';

type State = { key: string; kind: 'info' | 'success' | 'warning' | 'error' };

/** The unit search, which works by itself; `hidden` goes along with it. */
export interface UnitPicker {
  searchUrl: string;
  /** Receives the unit chosen. */
  action: string;
  method: 'get' | 'post';
  hidden: { name: string; value: string }[];
  query: string;
  counties: Option[];
  towns: Option[];
  searched: boolean;
  units: { code: string; name: string; selected: boolean }[];
  more: boolean;
}

/** A request among one's own. */
export interface RequestRow {
  subsystem: SubsystemLabel;
  /** Locale keys. */
  kind: { key: string };
  state: State;
  unit: { code: string; name: string };
  roleLabel: string;
  requestedAt: Date;
  address: string;
}

interface Flow {
  steps: FlowSteps;
  errors: FieldError[];
}

export interface AccessRequestViews {
  'idp/access-requests': { newUrl: string; open: RequestRow[]; ended: RequestRow[] };
  'idp/access-request': RequestRow & {
    reason: string;
    facts: { key: string; value: string }[];
    /** Of a change; `key` names what it is of. */
    changes: { key: string; before: string; after: string }[];
    chain: { key: string; state: 'done' | 'current' | 'open' }[];
    reviewers: { name: string; phone: string; unit: string }[];
    history: { at: Date; key: string; who: string; instead: string; comment: string }[];
    correctUrl: string;
    withdrawUrl: string;
    backUrl: string;
  };
  'idp/access-request-system': Flow & { action: string; systems: (SubsystemLabel & { selected: boolean })[] };
  'idp/access-request-unit': Flow & { title: string; lead: string; picker: UnitPicker };
  'idp/access-request-details': Flow & {
    /** Locale keys. */
    title: { key: string };
    lead: { key: string };
    action: string;
    hidden: { name: string; value: string }[];
    subsystem: SubsystemLabel;
    facts: { key: string; value: string }[];
    /** What may be chosen; without any part there is nothing to choose. */
    choice: ChoiceForm;
    quota: { used: number; limit: number; isFull: boolean } | false;
    /** Changes are explained. */
    asksReason: boolean;
    reason: string;
    /** What the reviewer wrote when it was returned. */
    returned: string;
    backUrl: string;
  };
  'idp/access-changes': {
    accounts: {
      id: string;
      subsystem: SubsystemLabel;
      name: string;
      unit: { code: string; name: string };
      roleLabel: string;
      /** Under way, so that no other can be asked for. */
      pendingUrl: string;
      deeds: { key: string; url: string }[];
    }[];
  };
}
