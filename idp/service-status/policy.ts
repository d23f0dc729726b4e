import { DAY, HOUR, MINUTE } from '#kit/clock.ts';
import type { MaintenanceWindow, Notice, Occurrence } from './types.ts';

const TAIPEI = 8 * HOUR; // all year

/** The opening of `window` that is under way, or else the next one that is to be announced by now. */
export function occurrenceOf(window: MaintenanceWindow, now: Date): Occurrence | undefined {
  const length = window.durationMinutes * MINUTE;
  const soon = now.getTime() + window.announceMinutes * MINUTE;
  const start = startsAround(window, now).find(
    (at) => at + length > now.getTime() && at <= soon && isValid(window, at),
  );
  if (start === undefined) return undefined;
  return {
    window,
    startsAt: new Date(start),
    endsAt: new Date(start + length),
    isRunning: start <= now.getTime(),
  };
}

/** Starts that can matter now, in order: a weekly window may have begun last week and may be announced weeks ahead. */
function startsAround({ when, announceMinutes, durationMinutes }: MaintenanceWindow, now: Date): number[] {
  if ('startsAt' in when) return [when.startsAt.getTime()];
  const local = now.getTime() + TAIPEI;
  const midnight = local - (local % DAY);
  const today = new Date(midnight).getUTCDay();
  const thisWeek = midnight + (when.weekday - today) * DAY + when.minuteOfDay * MINUTE - TAIPEI;
  const back = Math.ceil((durationMinutes * MINUTE) / (7 * DAY)) + 1;
  const ahead = Math.ceil((announceMinutes * MINUTE) / (7 * DAY)) + 1;
  return Array.from({ length: back + ahead + 1 }, (_, week) => thisWeek + (week - back) * 7 * DAY);
}

function isValid({ validFrom, validUntil }: MaintenanceWindow, start: number): boolean {
  return (
    (!validFrom || start >= validFrom.getTime()) && (validUntil === undefined || start < validUntil.getTime())
  );
}

/** What restricts a system at this moment, the strictest first. */
export function restrictionOf(
  windows: MaintenanceWindow[],
  subsystemCode: string | undefined,
  now: Date,
): Occurrence | undefined {
  const running = windows
    .filter((window) => window.subsystemCode === subsystemCode && window.mode !== 'advice')
    .map((window) => occurrenceOf(window, now))
    .filter((occurrence) => occurrence?.isRunning === true);
  return running.find((occurrence) => occurrence?.window.mode === 'closed') ?? running[0];
}

export function isShown(notice: Notice, now: Date): boolean {
  return notice.startsAt <= now && (!notice.endsAt || now < notice.endsAt);
}

/** What a person may still do while the portal is closed or only to be looked at. */
export function isAllowed(mode: 'read_only' | 'closed', request: { method: string; path: string }): boolean {
  const { method, path } = request;
  if (path === '/sign-out' || path === '/signed-out') return true;
  if (mode === 'closed') return false;
  // looking, signing in and going on to a subsystem change nothing that is kept
  return (
    method === 'GET' || method === 'HEAD' || /^\/(interaction\/[^/]+\/|accounts\/[^/]+\/entry$)/.test(path)
  );
}
