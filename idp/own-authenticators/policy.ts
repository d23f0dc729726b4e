import { MINUTE } from '#kit/clock.ts';
import type { Factor } from './types.ts';

const FRESH_MS = 5 * MINUTE;
/** A page is shown only while its form has time left to be sent. */
const READING_MS = 2 * MINUTE;

/** Whether the sign-in is recent enough to change how one signs in. */
export function isFresh(signedInAt: Date, now: Date, deed: 'read' | 'write'): boolean {
  return now.getTime() - signedInAt.getTime() <= (deed === 'write' ? FRESH_MS : FRESH_MS - READING_MS);
}

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
