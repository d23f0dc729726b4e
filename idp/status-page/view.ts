import { taipeiDay } from '#kit/clock.ts';
import type { Locale } from '#kit/http/locale.ts';
import { formatDay } from '#templates/dates.ts';
import { translate } from '#templates/locales.ts';
import type { PageNotices, Views } from '#templates/views.ts';
import { COMPONENTS, type DayState, availabilityOf, daysUntil, judgeDay, percent, worse } from './policy.ts';
import type { ServiceKnown } from './record.ts';
import type { Component, ServiceDay } from './types.ts';

/** A subsystem as the page names it. */
export interface SubsystemLine {
  name: string;
  clientIds: string[];
  isClosed: boolean;
}

const HEIGHT = 34;
const STEP = 6;
/** Not by colour alone. */
const HEIGHTS: Record<DayState, number> = {
  working: HEIGHT,
  maintenance: 28,
  degraded: 22,
  down: 14,
  unknown: 4,
};

export function statusView(
  known: ServiceKnown,
  subsystems: SubsystemLine[],
  windows: PageNotices['windows'],
  locale: Locale,
  now: Date,
): Views['idp/status'] {
  const days = daysUntil(now);
  const found = new Map(known.days.map((day) => [`${day.day} ${day.component}`, day]));
  const dayAt = (day: string, component: Component) => found.get(`${day} ${component}`);
  return {
    tone: overallOf(known),
    readAt: known.readAt,
    awaySince: known.awaySince,
    components: COMPONENTS.map((component) => {
      const all = days.flatMap((day) => dayAt(day, component) ?? []);
      const share = availabilityOf(all);
      return {
        key: component,
        tone: known.now.get(component) ?? 'unknown',
        availability: share === undefined ? '' : percent(share),
        bars: days.map((day, at) => barOf(day, at, dayAt(day, component), locale)),
      };
    }),
    days: days.toReversed().map((day) => ({
      day,
      cells: COMPONENTS.map((component) => cellOf(dayAt(day, component))),
    })),
    subsystems: subsystems.map((line) => subsystemView(line, known)),
    windows,
  };
}

/** The worst of all; unknown when nothing is known of any. */
export function overallOf({ now }: ServiceKnown): DayState {
  const states = [...now.values()];
  return states.length === 0 ? 'unknown' : states.reduce(worse);
}

function barOf(day: string, at: number, noted: ServiceDay | undefined, locale: Locale) {
  const { tone: state, minutes } = cellOf(noted);
  const height = HEIGHTS[state];
  const text = translate(locale, `status.day-${state}`, { minutes });
  return {
    x: at * STEP,
    y: HEIGHT - height,
    height,
    tone: state,
    label: `${formatDay(locale, day)} ${text}`,
  };
}

function cellOf(noted: ServiceDay | undefined): { tone: DayState; minutes: number } {
  const state = judgeDay(noted);
  const says = state === 'down' || state === 'degraded' || state === 'maintenance';
  return { tone: state, minutes: says ? (noted?.[state] ?? 0) : 0 };
}

function subsystemView({ name, clientIds, isClosed }: SubsystemLine, { signs }: ServiceKnown) {
  const signed = signs.filter(({ clientId }) => clientIds.includes(clientId));
  const heard = signed.some(({ takes }) => takes) ? ('working' as const) : ('degraded' as const);
  const state = isClosed ? ('maintenance' as const) : signed.length === 0 ? ('unknown' as const) : heard;
  return { name, tone: state, markKey: `status.subsystem-${state}` };
}

/** The same for programs. */
export function statusJson(known: ServiceKnown, now: Date): object {
  return {
    status: overallOf(known),
    read_at: known.readAt.toISOString(),
    away_since: known.awaySince?.toISOString() ?? null,
    today: taipeiDay(now),
    components: COMPONENTS.map((component) => {
      const days = known.days.filter((day) => day.component === component);
      return {
        component,
        status: known.now.get(component) ?? 'unknown',
        availability: availabilityOf(days) ?? null,
        days: days.map(({ component: _, ...counts }) => counts),
      };
    }),
  };
}
