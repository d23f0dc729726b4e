const DIGEST_HOUR = 8;
const TAIPEI_OFFSET_MS = 8 * 3_600_000;

/** The day in Taipei whose reminders are due at `now`; undefined before eight in the morning. */
export function digestDay(now: Date): string | undefined {
  const there = new Date(now.getTime() + TAIPEI_OFFSET_MS);
  return there.getUTCHours() < DIGEST_HOUR ? undefined : there.toISOString().slice(0, 10);
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Milliseconds until an account last seen at `seenAt` is counted again; undefined: not before its next sign-in. */
export function countAgainIn(seenAt: Date, now: Date): number | undefined {
  const quiet = now.getTime() - seenAt.getTime();
  if (quiet > 30 * DAY) return undefined;
  return quiet > DAY ? 6 * 60 * MINUTE : 10 * MINUTE;
}

/** Whether the single entry is told: when anything changed, and each hour that it still holds. */
export function isToBeTold(
  before: { told: string; toldAt: Date | null },
  counts: string,
  now: Date,
): boolean {
  if (before.told !== counts || before.toldAt === null) return true;
  return now.getTime() - before.toldAt.getTime() >= 60 * MINUTE;
}
