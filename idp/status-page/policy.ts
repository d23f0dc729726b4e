import { taipeiDay } from '#kit/clock.ts';
import type { Answers, Component, MinuteFacts, OutboxFacts, ServiceDay, ServiceState } from './types.ts';

export const COMPONENTS = ['sign_in', 'switching', 'mail', 'logout'] as const;

export const DAYS_SHOWN = 90;
const TAIPEI_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
const MINUTES_A_DAY = 1440;

/** Fewer answers say nothing about a share. */
const ENOUGH = 5;
const DEGRADED_SHARE = 0.05;
const DOWN_SHARE = 0.5;
const LATE_SECONDS = 300;
const STUCK_SECONDS = 3600;

/** How each part of the service was in one minute. */
export function judgeMinute(facts: MinuteFacts): Record<Component, ServiceState> {
  const database = judgeShare(facts.probes, 1);
  const signIn = worse(database, judgeShare(facts.signIn, ENOUGH));
  return {
    // a closed portal answers 503 on purpose
    sign_in: facts.closed && database !== 'down' ? 'maintenance' : signIn,
    switching: worse(database, judgeShare(facts.switching, ENOUGH)),
    mail: worse(database, judgeOutbox(facts.mails)),
    logout: worse(database, judgeOutbox(facts.logouts)),
  };
}

function judgeShare({ total, failed }: Answers, enough: number): ServiceState {
  if (total < enough) return 'working';
  if (failed / total >= DOWN_SHARE) return 'down';
  return failed / total >= DEGRADED_SHARE ? 'degraded' : 'working';
}

function judgeOutbox(outbox: OutboxFacts | undefined): ServiceState {
  if (!outbox || outbox.delivers || outbox.failingSeconds < LATE_SECONDS) return 'working';
  return outbox.failingSeconds < STUCK_SECONDS ? 'degraded' : 'down';
}

const BADNESS = { working: 0, maintenance: 1, degraded: 2, down: 3 } as const;

export function worse(a: ServiceState, b: ServiceState): ServiceState {
  return BADNESS[b] > BADNESS[a] ? b : a;
}

/** The last days up to `now`, the oldest first. */
export function daysUntil(now: Date, count = DAYS_SHOWN): string[] {
  return Array.from({ length: count }, (_, at) =>
    taipeiDay(new Date(now.getTime() - (count - 1 - at) * DAY_MS)),
  );
}

/** Minutes of a day that have passed by `now`. */
export function minutesPassed(day: string, now: Date): number {
  if (day !== taipeiDay(now)) return MINUTES_A_DAY;
  const local = (now.getTime() + TAIPEI_MS) % DAY_MS;
  return Math.floor(local / 60_000);
}

export type DayState = ServiceState | 'unknown';

/** A day in one word: the worst it had for more than a passing moment, unknown when nothing was noted. */
export function judgeDay(day: ServiceDay | undefined): DayState {
  if (!day || day.working + day.degraded + day.down + day.maintenance === 0) return 'unknown';
  if (day.down > 0) return 'down';
  if (day.degraded > 0) return 'degraded';
  return day.working === 0 ? 'maintenance' : 'working';
}

/** The share of the noted minutes outside maintenance in which it was not down; undefined when none was noted. */
export function availabilityOf(days: ServiceDay[]): number | undefined {
  const sum = (pick: (day: ServiceDay) => number): number => days.reduce((all, day) => all + pick(day), 0);
  const up = sum(({ working, degraded }) => working + degraded);
  const known = up + sum(({ down }) => down);
  return known === 0 ? undefined : up / known;
}

/** Down to hundredths of a percent: 99.999 is not 100. */
export function percent(share: number): string {
  return (Math.floor(share * 10_000) / 100).toFixed(2);
}
