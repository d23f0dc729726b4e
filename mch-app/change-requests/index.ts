/**
 * Requests for a change of data: somebody asks to correct a submitted record, or data of
 * their own. reviewing(step k) → closed (allowed, refused, returned, withdrawn). Who decides, and in which order, follows
 * from the category; nobody decides their own request; the last yes opens the record for one correction. It refuses a
 * second request about a record while one is under way.
 */
export { reviewersOf } from './policy.ts';
export { type ChangeRequestHost, type ChangeRoute, changeRequestRoutes } from './routes.ts';
export type { ChangeNotice, ChangeRequestDeps } from './service.ts';
export { findLastContact, waitingFor } from './store.ts';
export type { ChangeCategory, ChangeRequest, Correctable, Party, RecordsPort } from './types.ts';
