import type { SubsystemAccountTable } from '#db/idp/tables.ts';

export type SubsystemAccountStatus = SubsystemAccountTable['status'];

export type StatusDeed = 'disable' | 'enable' | 'suspend' | 'reinstate';

/** Why one is suspended. */
export type SuspensionCause = 'idle' | 'repeated_lock' | 'yearly_review' | 'manager';

export interface StatusChange {
  deed: StatusDeed;
  /** For the audit record. */
  reason: string;
  /** Of a suspension. */
  because?: SuspensionCause;
  /** Whoever decided it, when a person with an account here did. */
  actorAccountId?: string;
}

/** What a person may do with a subsystem account, and where. */
export interface Access {
  unitCode: string;
  role: string;
  duty: string;
  menuRoles: string[];
}

/** An account as the deeds on it see it. */
export interface HeldAccount extends Access {
  id: string;
  subsystemCode: string;
  accountId: string | null;
  status: SubsystemAccountStatus;
}

export interface AccessChange {
  access: Access;
  /** For the audit record. */
  reason: string;
  actorAccountId?: string;
}

export interface NewSubsystemAccount extends Access {
  subsystemCode: string;
  suffix: string;
  accountId: string;
  fields: Record<string, string[]>;
}
