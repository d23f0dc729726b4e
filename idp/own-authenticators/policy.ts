import type { Factor } from './types.ts';

export const MAX_NAME = 20;

/** A name as it is kept: composed, without anything unseen, at most twenty characters. */
export function normaliseFactorName(typed: string): string {
  const text = typed
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '')
    .replaceAll(/\s+/gu, ' ');
  return Array.from(text.trim()).slice(0, MAX_NAME).join('').trim();
}

export type RemovalDecision = { allowed: true } | { allowed: false; reason: 'unknown' | 'last_required' };

/** Whoever must have a second factor keeps the last one. */
export function decideRemoval(factors: Factor[], id: string, mustHaveOne: boolean): RemovalDecision {
  if (!factors.some((factor) => factor.id === id)) return { allowed: false, reason: 'unknown' };
  if (mustHaveOne && factors.length === 1) return { allowed: false, reason: 'last_required' };
  return { allowed: true };
}
