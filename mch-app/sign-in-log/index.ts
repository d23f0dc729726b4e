/**
 * Who was signed in here as which account, from when to when, and what ended it (M-38); and how many people came in
 * each hour (M-32). It owns `sign_in_log`, written in the transaction that opens, switches or ends a session, and
 * decides nothing: whose lines somebody reads is for whoever asks.
 */
export {
  type LogFilter,
  type LogLine,
  type LogScope,
  closeEntries,
  countPerHour,
  listEntries,
  moveEntry,
  openEntry,
} from './store.ts';
