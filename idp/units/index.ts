/**
 * Units: the institutions and agencies people belong to, with the county and township each lies in, and who manages
 * them. They are found by code, by a part of the name, or by county and township; closed ones are never offered.
 */
export { COUNTIES, type County, type Town, findCounty, findTown } from '#kit/taiwan/divisions.ts';
export { UNIT_KINDS, UNIT_LEVELS, findUnitKind, unitKindLabel, unitLevelLabel } from './kinds.ts';
export { pickUnits, unitLabel } from './picker.ts';
export { asksForSomething, codeFitsKind, isUnitCode, readSearch } from './policy.ts';
export { LISTED_UNITS, unitRoutes } from './routes.ts';
export { findUnit, listUnitManagers, lockUnit, searchUnits, whereUnitNamed } from './store.ts';
export type { Unit, UnitKind, UnitManager, UnitSearch } from './types.ts';
