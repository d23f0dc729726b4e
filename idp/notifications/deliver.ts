import type { Db } from '#db/idp/tables.ts';
import { nextAttemptIn } from '#kit/backoff.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Log } from '#kit/log.ts';
import { LetterRefused, MAIL_CONNECTIONS, type Mailer } from '#kit/mail.ts';
import { digest } from '#kit/random.ts';
import { renderLetter } from './letter.ts';
import { leaseMails, markFailed, markSent } from './store.ts';
import type { LeasedMail } from './types.ts';

export interface DeliveryDeps {
  db: Db;
  keyring: Keyring;
  clock: Clock;
  log: Log;
  mailer: Mailer;
  /** The host in message ids. */
  host: string;
  /** The demo's mailbox goes on showing what was sent. */
  keepContent: boolean;
}

/** Longer than all that may be waited for while sending. */
const LEASE_SECONDS = 120;
/** Mails to one recipient within an hour; what is more waits. */
export const RECIPIENT_CAP = 10;

/** Sends what is due, several at once; returns when nothing is due any more. */
export async function deliverMails(deps: DeliveryDeps): Promise<void> {
  for (;;) {
    const lease = { limit: MAIL_CONNECTIONS, leaseSeconds: LEASE_SECONDS, perHour: RECIPIENT_CAP };
    const due = await leaseMails(deps.db, lease);
    await Promise.all(due.map((mail) => deliver(deps, mail)));
    if (due.length < MAIL_CONNECTIONS) return;
  }
}

async function deliver(deps: DeliveryDeps, mail: LeasedMail): Promise<void> {
  try {
    const { to, sender, subject, text, html, goodUntil } = renderLetter(deps.keyring, mail);
    if (goodUntil && goodUntil <= deps.clock()) throw new LetterRefused('came too late');
    const messageId = `<${digest(mail.dedupeKey).toString('hex').slice(0, 40)}@${deps.host}>`;
    await deps.mailer.send({ sender, to, subject, text, html, messageId });
  } catch (error) {
    await putBack(deps, mail, error);
    return;
  }
  await markSent(deps.db, mail.id, deps.keepContent);
}

async function putBack(deps: DeliveryDeps, mail: LeasedMail, error: unknown): Promise<void> {
  const isFinal = error instanceof LetterRefused;
  const retryInSeconds = isFinal ? undefined : nextAttemptIn(mail.attempts, mail.createdAt, deps.clock());
  const reason = reasonOf(error);
  await markFailed(deps.db, mail.id, { error: reason, retryInSeconds });
  const { id, kind, attempts } = mail;
  deps.log.warn({ mail: id, kind, attempts, reason, dead: retryInSeconds === undefined }, 'mail not sent');
}

/** What went wrong, without the server's own words: they repeat the recipient's address. */
function reasonOf(error: unknown): string {
  if (error instanceof LetterRefused) return error.message;
  if (!(error instanceof Error)) return 'failed';
  if ('responseCode' in error && typeof error.responseCode === 'number')
    return `answered ${error.responseCode}`;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
