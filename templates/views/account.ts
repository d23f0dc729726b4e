/** The pages on which people arrange their own account. */
import type { FieldError, SubsystemLabel } from '../views.ts';

export interface BindingRow {
  id: string;
  binding: string;
  subsystem: SubsystemLabel;
  unit: { code: string; name: string };
  roleLabel: string;
  status: 'pending' | 'active' | 'disabled' | 'suspended' | 'unavailable';
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

export interface AccountViews {
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
    systems: (SubsystemLabel & { selected: boolean })[];
    /** Names of systems whose accounts cannot be proven here. */
    leftOut: string[];
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
    others: number;
    othersAction: string;
    historyUrl: string;
  };
  'idp/sign-in-history': {
    events: {
      at: Date;
      kind: 'success' | 'refused';
      /** Locale keys. */
      what: string;
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
