/**
 * One's own details as this system knows them (M-09), who manages the unit, and which menu roles one is reminded of by
 * mail (M-08). Details are kept at the single entry and only read here; it refuses menu roles the account does not have.
 */
export { createManagers, type Managers } from './managers.ts';
export { type ProfileRouteDeps, profileRoutes } from './routes.ts';
