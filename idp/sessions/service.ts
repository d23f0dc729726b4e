import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { type Clock, after } from '#kit/clock.ts';
import { digest } from '#kit/random.ts';
import { type Caller, recordAudit } from '../audit/index.ts';
import {
  endSessions,
  findBrowserSession,
  lockExpiredSessions,
  removeExpiredRows,
  touchBrowserSession,
} from './store.ts';
import type { BrowserSession } from './types.ts';

export interface SessionDeps {
  db: Db;
  clock: Clock;
  config: { secure: boolean; lifetimes: { sessionIdleSeconds: number; sessionAbsoluteSeconds: number } };
}

const TOUCH_AFTER_MS = 60_000;
const BATCH = 200;

/** The live session of this id. Looking counts as activity, written at most once a minute. */
export async function resumeSession(deps: SessionDeps, id: string): Promise<BrowserSession | undefined> {
  const session = await findBrowserSession(deps.db, digest(id));
  if (!session) return undefined;
  const now = deps.clock();
  const idleMs = deps.config.lifetimes.sessionIdleSeconds * 1000;
  if (now.getTime() - session.activeAt.getTime() >= Math.min(TOUCH_AFTER_MS, idleMs / 4)) {
    const absolute = after(session.loginAt, deps.config.lifetimes.sessionAbsoluteSeconds * 1000);
    const idle = after(now, idleMs);
    await touchBrowserSession(deps.db, session.uid, now, absolute < idle ? absolute : idle);
  }
  return session;
}

/** Signs one session out: its grants and tokens end, and every client it was used at is told. */
export async function endSession(deps: SessionDeps, session: BrowserSession, caller: Caller): Promise<void> {
  await transact(deps.db, async (trx) => {
    await endSessions(trx, [session.uid], 'sign_out');
    await recordAudit(trx, {
      type: 'session.ended',
      accountId: session.accountId,
      sessionUid: session.uid,
      caller,
      details: { cause: 'sign_out' },
    });
  });
}

/** Ends sessions past their limits and clears away expired rows. @returns how many sessions ended */
export async function sweepExpired(deps: Pick<SessionDeps, 'db'>): Promise<number> {
  let total = 0;
  for (;;) {
    const ended = await transact(deps.db, async (trx) => {
      return endSessions(trx, await lockExpiredSessions(trx, BATCH), 'expired');
    });
    total += ended;
    if (ended < BATCH) break;
  }
  while ((await removeExpiredRows(deps.db, BATCH * 10)) >= BATCH * 10);
  return total;
}
