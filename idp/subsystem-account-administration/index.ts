/**
 * Subsystem accounts administered at the console (P-50 to P-52): by the manager of their unit, by whoever manages the
 * unit at the subsystem, by the national administration. Role, duty, menu roles and status, within what the manifest
 * and the unit's entitlement allow and the managers' quota has room for. Refused: one's own accounts, other managers',
 * accounts under review or suspended, and a manager's role from whoever does not manage there.
 */
export { subsystemAccountRoutes } from './routes.ts';
export { type AccessOutcome, changeAccount, formOf } from './service/change.ts';
export { readOffer } from './service/facts.ts';
export { lookOnlyRefusal } from './service/look.ts';
export { getAdministered, getReach } from './service/reach.ts';
export type { AccessForm, AdministeredAccount } from './types.ts';
