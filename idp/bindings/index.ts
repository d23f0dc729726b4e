/**
 * Bindings: the person's own name, at most ten characters, for a subsystem account of theirs, and the permission
 * to act as it from here. One is none until its password is proven, then bound, renamed at will, and unbound,
 * which ends whatever was granted under it. Refused, with one answer: an account of another person even under
 * its right password, one that is not active, and any guess while three wrong ones are younger than 30 minutes.
 */
export { type BindingRouteDeps, bindingRoutes } from './routes.ts';
export { type BoundAccountFilter, labelOf, listBoundAccounts, requiredAcr } from './store.ts';
export { setFavourite } from './store/own.ts';
export type { BoundAccount } from './types.ts';
