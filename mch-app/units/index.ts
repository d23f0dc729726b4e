/**
 * The units records belong to and lead to, by their codes: a copy of the single entry's register, brought up to date
 * every few minutes, and of what it says of the unit somebody signs in for, so that lists can name a unit and forms
 * can look one up without asking. Closed units are named, never offered. It decides nothing.
 */
export { UNITS_OFFERED, readUnitSearch, unitCodeOf, unitLine } from './policy.ts';
export { followRegister } from './register.ts';
export { lookUpUnits } from './routes.ts';
export { findUnitNames, keepUnit, searchUnits } from './store.ts';
export type { KnownUnit, UnitNames } from './types.ts';
