/**
 * Messages to people's inboxes at the single entry: queued in the transaction of the deed they tell of, sent
 * afterwards, each once. due → sent, refused by the single entry, or given up after a day. Bodies name no patient.
 */
export { type NoticeDeps, sendNotices } from './service.ts';
export { insertNotice, listReminders } from './store.ts';
export type { NewNotice, Reminder } from './types.ts';
