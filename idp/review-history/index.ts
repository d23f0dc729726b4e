/**
 * Review history (M-39a): every decision of a reviewer about an application, a request for a subsystem account or for
 * system rights: who asked, who decided, in whose place, what was written, when. Read only; it owns nothing.
 */
export { reviewHistoryRoutes } from './routes.ts';
export { type Decision, type HistoryRequest, listDecisions } from './store.ts';
