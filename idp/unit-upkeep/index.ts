/**
 * Units as administrators keep them: found, changed, closed, opened again, merged. A unit is active ⇄ closed; one that
 * became part of another stays closed. Refused: closing or merging one's own unit or one with the agency's or the
 * operators' accounts, closing while applications wait, merging where accounts hold duties the other unit's kind
 * cannot have, a change over somebody else's. Whatever changes what subsystems were told ends the grants it was told in.
 */
export { unitConsoleRoutes } from './console-routes.ts';
export type { Deed as UnitDeed } from './deps.ts';
export { CONTACT_FIELDS, entitlementFaults, valuesOf } from './policy.ts';
export { type EditOutcome, editUnit } from './service/edit.ts';
export { endUnitEntitlement, entitleUnit } from './service/entitle.ts';
export { listEntitlements } from './store/entitlements.ts';
export { listUnits } from './store/list.ts';
export { findWholeUnit } from './store/unit.ts';
export { townCodesOf } from './towns.ts';
export type { Entitlement, WholeUnit } from './types.ts';
