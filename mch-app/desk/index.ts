/**
 * What people arrange for themselves: the width of the window (one's own, whatever account one acts as), favourite
 * functions (each account's), and the search through the functions an account may use. It refuses to keep a function
 * that the account may not use.
 */
export { functionAt } from './policy.ts';
export { type DeskRouteDeps, deskRoutes } from './routes.ts';
export { favouritesOf, wideOf } from './store.ts';
export type { DeskFunction } from './types.ts';
export { listFunctions } from './view.ts';
