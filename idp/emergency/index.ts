/**
 * Emergency: one deed disables a person, ends every session, grant and token (those without a browser too), tells
 * the clients, and keeps a report of what it ended. Undone only by a deed of its own; nothing that ended comes
 * back. Refused: stopping oneself.
 */
export { emergencyRoutes } from './routes.ts';
export { type EmergencyDeps, enablePerson, stopPerson } from './service.ts';
export { findStop } from './store.ts';
