/**
 * Bindings: the person's own name, at most ten characters, for a
 * subsystem account of theirs, and the permission to act as it from here. Refused: an account of another person,
 * one that is not active, a second binding of the same account.
 */
export { type BoundAccountFilter, labelOf, listBoundAccounts, requiredAcr, setFavourite } from './store.ts';
export type { BoundAccount } from './types.ts';
