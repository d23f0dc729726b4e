/**
 * Messages to people inside the portal: from the single entry itself, and from subsystems, whose prefix stands
 * before the subject. One is unread until its person opens it or marks the whole list. Refused: a link that leads
 * anywhere but into the portal or to the message's own subsystem. Nobody reads another person's.
 */
export { type MessageRouteDeps, messageRoutes } from './routes.ts';
export { type Sending, sendMessage } from './service.ts';
export { unreadMessages } from './store.ts';
export type { MessageText, NewMessage, WorkItem } from './types.ts';
