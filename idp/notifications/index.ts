/**
 * Words that go out by mail: an outbox written with the deed and emptied by a worker, so that no page waits for a
 * mail server and none is lost or sent for a deed undone. It owns the outbox, the retries, the cap a recipient and
 * the dead letters; what happened, and to whom it matters, is decided by the feature that queues.
 */
export { describeDeadLetters, resendDeadLetter } from './commands.ts';
export { type DeliveryDeps, RECIPIENT_CAP, deliverMails } from './deliver.ts';
export { type RenderedLetter, renderLetter } from './letter.ts';
export { type MailboxDeps, mailboxRoutes } from './mailbox.ts';
export { listWrittenKeys } from './store.ts';
export { queueMail, queueMailIf } from './service.ts';
export type { LocalizedText, MailKind, MailParams, NewMail } from './types.ts';
