/**
 * Delegations: a reviewer who is away names a deputy of the same unit for a period. The deputy may review what the
 * reviewer may review at that moment, and nothing else; it ends by its time, at once when revoked, and whenever either
 * of the two is no longer active. Refused: other units, oneself under any account, beyond one's own period, and to
 * pass on what was delegated.
 */
export { delegationConsoleRoutes } from './console-routes.ts';
export { isAllowedToAct, listDeputies, listDeputyships } from './store.ts';
export type { Deputyship } from './types.ts';
