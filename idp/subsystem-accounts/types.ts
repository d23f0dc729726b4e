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
