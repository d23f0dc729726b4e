import type { ColumnType, Generated } from 'kysely';

type Defaulted<T> = ColumnType<T, T | undefined, T>;
type Json<T> = ColumnType<T, string, string>;

export interface SubsystemVersionTable {
  subsystem_code: string;
  version: number;
  manifest: Json<unknown>;
  applied_at: Defaulted<Date>;
  applied_by: string | null;
  reason: Defaulted<string>;
  /** The version this one brought back. */
  restores: Defaulted<number | null>;
}

export interface ReadinessAccountTable {
  subsystem_code: string;
  account_id: string;
  subsystem_account_id: string;
}

export interface ReadinessRunTable {
  id: Generated<number>;
  subsystem_code: string;
  client_id: string;
  account_id: Defaulted<string | null>;
  started_at: Defaulted<Date>;
  started_by: string | null;
  ended_at: Defaulted<Date | null>;
  outcome: Defaulted<'passed' | 'failed' | 'interrupted' | null>;
  steps: ColumnType<unknown, string | undefined, string>;
  session_uid: Defaulted<string | null>;
  armed: Defaulted<string | null>;
  armed_until: Defaulted<Date | null>;
}

export interface EmergencyStopTable {
  id: Generated<number>;
  account_id: string;
  stopped_at: Defaulted<Date>;
  stopped_by: string | null;
  reason: string;
  ended: Json<unknown>;
  enabled_at: Defaulted<Date | null>;
  enabled_by: Defaulted<string | null>;
  enabled_because: Defaulted<string | null>;
}

/** Whom one sector knows an account as. */
export interface PairwiseSubjectTable {
  account_id: string;
  sector: string;
  subject: string;
  created_at: Generated<Date>;
}

export interface OnboardingTables {
  pairwise_subject: PairwiseSubjectTable;
  subsystem_version: SubsystemVersionTable;
  readiness_account: ReadinessAccountTable;
  readiness_run: ReadinessRunTable;
  emergency_stop: EmergencyStopTable;
}
