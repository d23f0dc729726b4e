/**
 * The messages of an account (M-10): what became of its requests, which records were opened to it. One key is one
 * message; it is unread until it is opened or all are marked. Another account's message is not there.
 */
export { inboxRoutes, type InboxRouteDeps } from './routes.ts';
export { keepMessage, unreadOf } from './store.ts';
