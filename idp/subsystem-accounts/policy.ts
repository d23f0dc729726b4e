import type { StatusDeed, SubsystemAccountStatus } from './types.ts';

/** SM-05: what each deed makes of which status. Suspended ones come back by reinstatement alone. */
const STEPS: Record<StatusDeed, { from: readonly SubsystemAccountStatus[]; to: SubsystemAccountStatus }> = {
  disable: { from: ['pending', 'active', 'suspended'], to: 'disabled' },
  enable: { from: ['pending', 'disabled'], to: 'active' },
  suspend: { from: ['active'], to: 'suspended' },
  reinstate: { from: ['suspended'], to: 'active' },
};

export type StatusRefusal = 'is_pending' | 'is_active' | 'is_disabled' | 'is_suspended';

export type StatusDecision =
  { allowed: true; to: SubsystemAccountStatus } | { allowed: false; reason: StatusRefusal };

/** Whether `deed` may be done to an account of this status, and what becomes of it. */
export function decideStatus(status: SubsystemAccountStatus, deed: StatusDeed): StatusDecision {
  const { from, to } = STEPS[deed];
  return from.includes(status) ? { allowed: true, to } : { allowed: false, reason: `is_${status}` };
}
