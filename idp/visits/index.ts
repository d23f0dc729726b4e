/**
 * Visits of the public home: all of them and today's (P-03). Each replica counts in memory and adds up every two
 * seconds, so that a visit costs no statement; what was counted is written before the replica ends. It knows how
 * many came, never who.
 */
export { type VisitCounter, createVisitCounter } from './counter.ts';
export { dayOf } from './policy.ts';
export type { VisitTotals } from './store.ts';
