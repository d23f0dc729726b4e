import type { ColumnType, Generated } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;
/** jsonb: read as a value, written as its JSON text so that arrays and strings stay JSON. */
type Json<T> = ColumnType<T, string | undefined, string>;
type Computed<T> = ColumnType<T, never, never>;

/** What a change starts from. */
export interface AccessBefore {
  unitCode: string;
  role: string;
  duty: string;
  menuRoles: string[];
}

export interface SubsystemRequestTable {
  id: Generated<string>;
  account_id: string;
  subsystem_code: string;
  unit_code: string;
  role: string;
  duty: string;
  menu_roles: string[];
  fields: Json<Record<string, string[]>>;
  status: 'submitted' | 'approved' | 'returned' | 'withdrawn';
  created_at: Timestamp;
  kind: Defaulted<'account' | 'unit' | 'role' | 'menu_roles' | 'disable'>;
  subsystem_account_id: Defaulted<string | null>;
  before: ColumnType<AccessBefore | null, string | null | undefined, string | null>;
  reason: Defaulted<string>;
  chain: Defaulted<string[]>;
  step: Defaulted<number>;
  waits_for: Computed<string | null>;
  level: Defaulted<'own' | 'bureau' | 'agency'>;
  round: Defaulted<number>;
  version: Defaulted<number>;
  submitted_at: Defaulted<Date | null>;
  updated_at: Defaulted<Date | null>;
  checked_at: Defaulted<Date | null>;
}

export interface SubsystemRequestEventTable {
  id: Generated<number>;
  request_id: string;
  at: Timestamp;
  round: number;
  deed: 'submitted' | 'approved' | 'returned' | 'withdrawn' | 'passed_on';
  step: Defaulted<number | null>;
  waits_for: Defaulted<string | null>;
  level: Defaulted<string | null>;
  actor_account_id: Defaulted<string | null>;
  on_behalf_of_account_id: Defaulted<string | null>;
  comment: Defaulted<string>;
}

export interface UnitEntitlementTable {
  unit_code: string;
  subsystem_code: string;
  menu_role: string;
  /** Days, written as `yyyy-MM-dd`. */
  valid_from: ColumnType<Date, string, string>;
  valid_to: ColumnType<Date | null, string | null | undefined, string | null>;
  approval_no: Defaulted<string>;
  basis: Defaulted<string>;
}

export interface ManagerQuotaTable {
  unit_code: string;
  subsystem_code: string;
  extra: Defaulted<number>;
}

export interface RemoteAccountTable {
  subsystem_account_id: string;
  subsystem_code: string;
  name: string;
}

export interface AccessTables {
  subsystem_request: SubsystemRequestTable;
  subsystem_request_event: SubsystemRequestEventTable;
  unit_entitlement: UnitEntitlementTable;
  manager_quota: ManagerQuotaTable;
  remote_account: RemoteAccountTable;
}
