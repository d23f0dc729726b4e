import type { Db } from '#db/mch/tables.ts';
import { nextAttemptIn } from '#kit/backoff.ts';
import { type Clock, SECOND, after } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { IdpApi } from '../idp-api/index.ts';
import { settle, takeDue } from './store.ts';
import type { DueNotice } from './types.ts';

export interface NoticeDeps {
  db: Db;
  clock: Clock;
  log: Log;
  api: Pick<IdpApi, 'post'>;
}

const AT_ONCE = 20;
const LEASE_MS = 60 * SECOND;

/**
 * Leaves what is due in people's inboxes. While the single entry is away a message is tried again after 2, 4, 8 …
 * seconds, for a day; what it refuses for good is not sent again. One key is one message there, so a lost answer
 * brings no second.
 */
export async function sendNotices(deps: NoticeDeps): Promise<void> {
  for (;;) {
    const now = deps.clock();
    const due = await takeDue(deps.db, now, after(now, LEASE_MS), AT_ONCE);
    await Promise.all(due.map((notice) => send(deps, notice)));
    if (due.length < AT_ONCE) return;
  }
}

async function send({ db, clock, log, api }: NoticeDeps, notice: DueNotice): Promise<void> {
  const { accountId, dedupeKey, link, subject, body, reminder } = notice;
  const one = { subsystem_account: accountId, dedupe_key: dedupeKey, link };
  const answer = await (
    reminder
      ? api.post('/reminders', 'messages:send', { ...one, ...reminder })
      : api.post('/messages', 'messages:send', { ...one, subject, body })
  ).catch((error: unknown) => {
    log.warn({ err: error, notice: notice.id }, 'a notice could not be sent');
    return undefined;
  });
  const at = clock();
  if (answer && (answer.status === 200 || answer.status === 201)) {
    return settle(db, notice.id, { outcome: 'sent', at });
  }
  const isFinal = answer !== undefined && [400, 404, 409, 422].includes(answer.status);
  if (isFinal) {
    log.warn({ notice: notice.id, status: answer.status }, 'the single entry refuses a notice');
    return settle(db, notice.id, { outcome: 'refused', at });
  }
  const seconds = nextAttemptIn(notice.attempts, notice.createdAt, at);
  if (seconds === undefined) return settle(db, notice.id, { outcome: 'given_up', at });
  const wait = Math.max(seconds, answer?.retryAfterSeconds ?? 0);
  return settle(db, notice.id, { dueAt: after(at, wait * SECOND) });
}
