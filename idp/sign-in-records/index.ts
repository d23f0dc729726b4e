/**
 * Who signed in, and who entered which subsystem (P-45, P-46), read from the audit trail: a unit's manager sees the own
 * unit's, whoever manages at a subsystem the entries there, the national administration all. It owns no data and
 * changes nothing; what somebody calls a binding is theirs alone and is not shown.
 */
export { signInRecordRoutes } from './routes.ts';
