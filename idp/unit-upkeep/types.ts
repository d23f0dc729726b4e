import type { Unit } from '../units/index.ts';

/** A unit with all that is known of it. */
export interface WholeUnit extends Unit {
  address: string;
  phone: string;
  email: string;
  level: string;
  version: number;
  changedAt: Date;
  mergedInto: string | null;
}

/** What is written in the form. */
export type UnitField = 'name' | 'nameEn' | 'kind' | 'town' | 'address' | 'phone' | 'email' | 'level';

export type UnitValues = Record<UnitField, string>;

export interface UnitRow {
  id: string;
  position: string;
  name: string;
  nameEn: string;
  kind: string;
  county: string;
  town: string;
  status: Unit['status'];
  changedAt: Date;
}

export type UnitFilter = 'code' | 'name' | 'kind' | 'county' | 'town' | 'status';
export type UnitSort = 'code' | 'name' | 'changed';

/** How many people and things hang on a unit. */
export interface UnitUse {
  activeAccounts: number;
  disabledAccounts: number;
  managers: number;
  /** Accounts of the agency or of operators; a unit with one is not closed with its people. */
  privileged: number;
  waiting: number;
  subsystems: SubsystemUse[];
}

export interface SubsystemUse {
  subsystemCode: string;
  role: string;
  duty: string;
  status: 'pending' | 'active' | 'disabled' | 'suspended';
  count: number;
}

/** One account of a unit, as it is listed before something happens to it. */
export interface UnitAccount {
  id: string;
  loginName: string;
  name: string;
  email: string;
  role: string;
}

export type Refusal =
  | 'not_found'
  | 'not_allowed'
  | 'reason_missing'
  | 'is_closed'
  | 'is_open'
  | 'was_merged'
  | 'own_unit'
  | 'privileged_accounts'
  | 'use_changed'
  | 'requests_waiting'
  | 'same_unit'
  | 'target_unknown'
  | 'target_closed'
  | 'duty_not_allowed'
  | 'not_entitled'
  | 'applied_at_both'
  | 'kind_in_use';

export type Outcome = { done: true } | { done: false; reason: Refusal };

/** A menu role the unit may give at a subsystem, since when, until when ('': for good), and on what ground. */
export interface Entitlement {
  subsystemCode: string;
  menuRole: string;
  validFrom: string;
  validTo: string;
  approvalNo: string;
  basis: string;
}
