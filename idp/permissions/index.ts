/**
 * Permissions of the console: one table says which role may do which deed and how far it reaches, and every route
 * under /console names its deed. It owns no data; a rule about one row (whose it is, what state it is in) belongs
 * to the feature that owns the row.
 */
export { DEEDS, type Deed } from './deeds.ts';
export { permissionDocument } from './document.ts';
export {
  consoleRoles,
  inPlaceOf,
  isDeed,
  reachOf,
  reachesSubsystem,
  reachesUnit,
  wantsFresh,
} from './policy.ts';
export { ConsoleRouter } from './router.ts';
export { whereInReach } from './store.ts';
export type { ConsoleCaller, ConsoleEntry, ConsoleGate, ConsoleRole, Crumb, Reach, Scope } from './types.ts';
