/**
 * How logouts reach their clients: delivered, waiting, failing or given up, how soon, and the last error. It owns
 * no table; deliveries are the protocol edge's. What was given up can be tried again, one by one or all of it.
 */
export { deadLetterWork } from './list.ts';
export { logoutRoutes } from './routes.ts';
export { type ClientHealth, listHealth } from './store.ts';
