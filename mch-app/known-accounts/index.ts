/**
 * The accounts this system has seen, as they were when somebody last signed in with them: enough to count what waits
 * for them while nobody is there. It owns when each was last reminded and counted; what of it is still true, the
 * single entry decides when it is told.
 */
export { countAgainAt, keepAccount, keepTold, takeForCounting, takeForDigest } from './store.ts';
export type { KnownHolder } from './types.ts';
