import { SECOND, after } from '#kit/clock.ts';
import type { EndReason, Session } from './types.ts';

export interface Limits {
  idleSeconds: number;
  absoluteSeconds: number;
}

/** What a session must satisfy at `now` to be alive. */
export function boundsAt(now: Date, limits: Limits): { now: Date; idleSince: Date } {
  return { now, idleSince: after(now, -limits.idleSeconds * SECOND) };
}

/** Why a session found dead at `now` is so. */
export function causeOfDeath(session: Session, now: Date): EndReason {
  return session.expiresAt <= now ? 'absolute' : 'idle';
}

/** Whether the session ended while the person may still have been at work: not by a word of their own. */
export function endedUnasked(reason: EndReason): boolean {
  return ['idle', 'absolute', 'back_channel_logout', 'refresh_refused'].includes(reason);
}

/** Whole seconds until the session ends for want of activity; never below 0. */
export function idleSecondsLeft(session: Session, now: Date, limits: Limits): number {
  const endsAt = after(session.activeAt, limits.idleSeconds * SECOND);
  return Math.max(0, Math.round((endsAt.getTime() - now.getTime()) / SECOND));
}

/** Whether what was rendered as `acting` (and, if it said so, in `generation`) still speaks for the session. */
export function isRenderedFor(session: Session, acting: string, generation: string): boolean {
  return acting === session.account.id && (generation === '' || generation === String(session.generation));
}
