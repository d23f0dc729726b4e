import type { Trx } from '#db/mch/tables.ts';
import { DAY, after } from '#kit/clock.ts';
import { recordAudit } from '../audit/index.ts';
import { closeEntries } from '../sign-in-log/index.ts';
import { type Limits, boundsAt, causeOfDeath } from './policy.ts';
import { deleteDeadSessions, forgetEnded, rememberPast } from './store.ts';

/** Longer than a session may last. */
export const FORGOTTEN_AFTER_MS = DAY;

/** Clears away one batch of dead sessions, each with its audit record. @returns how many */
export async function sweepSessions(trx: Trx, now: Date, limits: Limits, batch: number): Promise<number> {
  await forgetEnded(trx, after(now, -FORGOTTEN_AFTER_MS));
  const dead = await deleteDeadSessions(trx, boundsAt(now, limits), batch);
  await rememberPast(trx, dead, now);
  for (const session of dead) {
    await closeEntries(trx, [session.digest], causeOfDeath(session, now), now);
    await recordAudit(trx, {
      type: 'session.ended',
      reason: causeOfDeath(session, now),
      sub: session.sub,
      sid: session.sid,
      accountId: session.account.id,
    });
  }
  return dead.length;
}
