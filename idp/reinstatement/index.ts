/**
 * Reinstating suspended subsystem accounts in the console (SM-11): the list that waits, and the deed with its
 * reason. Who may reinstate whom is the life cycle's rule: a unit's manager its accounts, the agency those of
 * managers, nobody their own.
 */
export { suspendedWork } from './list.ts';
export { reinstatementRoutes } from './routes.ts';
