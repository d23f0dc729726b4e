import type { Kept, Registration } from './store/clients.ts';

/** At its first request, ahead of its end, or by a registration of its own. */
export type Occasion = 'first' | 'ahead' | 'explicit';

/**
 * What becomes of a client that is kept already. What holds is left as it is; by a registration of its own it becomes
 * what it says last, and one statement brings one registration however often it comes.
 */
export function decideKeeping(
  before: Kept,
  registration: Registration,
  occasion: Occasion,
  now: Date,
): 'leave' | 'replace' | 'older' | 'disabled' {
  const holds = before.expiresAt > now;
  if (occasion === 'first') return holds ? 'leave' : 'replace';
  if (occasion === 'ahead')
    return before.renews && registration.expiresAt > before.expiresAt ? 'replace' : 'leave';
  if (!before.isActive) return 'disabled';
  if (before.saidAt && registration.saidAt < before.saidAt) return 'older';
  return holds && before.statement === registration.statement ? 'leave' : 'replace';
}
