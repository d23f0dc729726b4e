import type { BindingTarget } from './types.ts';

/** The customer's rule: counted in characters as people count them, that is Unicode code points. */
export const MAX_NAME = 10;

/** One spelling of a name: composed, without outer or repeated blanks or anything unseen. */
export function normaliseBindingName(typed: string): string {
  return typed
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '')
    .replaceAll(/\s+/gu, ' ')
    .trim();
}

/** What speaks against a name that is spelled as above, apart from the person's other names. */
export function bindingNameProblem(name: string): 'missing' | 'too_long' | undefined {
  const length = Array.from(name).length;
  if (length === 0) return 'missing';
  return length > MAX_NAME ? 'too_long' : undefined;
}

export type BindingRefusal =
  'unknown_account' | 'other_person' | 'not_active' | 'subsystem_unavailable' | 'no_proof';

export type BindingDecision = { allowed: true } | { allowed: false; reason: BindingRefusal };

/**
 * Whether `target` may be bound by the person who proves to know its password. Another person's account never
 * is, whatever password is known: accounts are not shared.
 */
export function decideBinding(target: BindingTarget | undefined, asked: string): BindingDecision {
  if (!target || target.subsystemCode !== asked) return { allowed: false, reason: 'unknown_account' };
  if (!target.samePerson) return { allowed: false, reason: 'other_person' };
  if (target.status !== 'active') return { allowed: false, reason: 'not_active' };
  if (!target.subsystemActive) return { allowed: false, reason: 'subsystem_unavailable' };
  if (target.proof === undefined) return { allowed: false, reason: 'no_proof' };
  return { allowed: true };
}
