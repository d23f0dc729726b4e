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

/** `P@{person number}P@{suffix}_{nn}`: the number after the highest given out; undefined after 99. */
export function nextAccountId(personNo: string, suffix: string, ids: readonly string[]): string | undefined {
  const numbers = ids.map((id) => Number(/_(\d{1,4})$/.exec(id)?.[1] ?? 0));
  const next = Math.max(0, ...numbers) + 1;
  return next > 99 ? undefined : `P@${personNo}P@${suffix}_${String(next).padStart(2, '0')}`;
}

const MAX_BINDING_NAME = 10;

/** A name for a binding nobody was asked about: the system's short one, numbered when it is in use. */
export function defaultBindingName(shortName: string, taken: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const tail = number === 1 ? '' : String(number);
    const name =
      Array.from(shortName)
        .slice(0, MAX_BINDING_NAME - tail.length)
        .join('')
        .trim() + tail;
    if (!taken.includes(name)) return name;
  }
}
