import { MINUTE, SECOND } from '#kit/clock.ts';
import type { PageContext } from '#templates/views.ts';

export const ACTIVITY = '/session/activity';
export const IDLE_SIGN_OUT = '/session/idle-end';
export const KEPT_PAGE = '/session/kept-page';

const WARN_MINUTES = 2;
/** Activity is written down at most once a minute, or each quarter of a short limit; and it travels a while. */
const LAG = { share: 1 / 4, mostMs: MINUTE, travelMs: 5 * SECOND };

/**
 * When a page of the portal counts its reader as gone: a little before the session ends by itself, so that what was
 * typed can still be told.
 */
export function idleTimes(sessionIdleSeconds: number): NonNullable<PageContext['idle']> {
  const idleMs = sessionIdleSeconds * SECOND;
  const limitMs = idleMs - Math.min(LAG.mostMs, idleMs * LAG.share) - Math.min(LAG.travelMs, idleMs / 10);
  const limitMinutes = limitMs / MINUTE;
  return {
    limitMinutes,
    warnMinutes: Math.min(WARN_MINUTES, limitMinutes / 3),
    keepAliveUrl: ACTIVITY,
    signedOutUrl: '/signed-out?idle=yes',
    leave: { url: IDLE_SIGN_OUT, keptUrl: KEPT_PAGE },
  };
}
