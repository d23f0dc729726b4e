import type { Factor, FactorNeeds } from './types.ts';

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

/** Whoever must have a second factor keeps the last one; of those a false site cannot pass on, when one must be such. */
export function decideRemoval(factors: Factor[], id: string, needs: FactorNeeds): RemovalDecision {
  if (!factors.some((factor) => factor.id === id)) return { allowed: false, reason: 'unknown' };
  const counting =
    needs === 'phishing_resistant' ? factors.filter(({ kind }) => kind === 'passkey') : factors;
  const isLast = counting.length === 1 && counting[0]?.id === id;
  if (needs !== 'none' && isLast) return { allowed: false, reason: 'last_required' };
  return { allowed: true };
}
