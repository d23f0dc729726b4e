import type { Locale } from '#kit/http/locale.ts';
import { translate } from '../locales.ts';
import type { Sample } from '../gallery.ts';
import type { Views } from '../views.ts';
import { inventedNotices } from './content.ts';

type Status = Views['idp/status'];
type State = Status['tone'];

const KEYS = ['sign_in', 'switching', 'mail', 'logout'];
const HEIGHTS: Record<State, number> = { working: 34, maintenance: 28, degraded: 22, down: 14, unknown: 4 };
const LAST = Date.UTC(2026, 10, 22);

/** @param odd days ago that were no ordinary ones */
function invented(locale: Locale, now: State, odd: Record<number, State>): Omit<Status, 'windows'> {
  const ago = Array.from({ length: 90 }, (_, at) => 89 - at);
  const stateOf = (key: string, days: number): State =>
    days > 75 ? 'unknown' : key === 'sign_in' || key === 'switching' ? (odd[days] ?? 'working') : 'working';
  const dayOf = (days: number): string => new Date(LAST - days * 86_400_000).toISOString().slice(0, 10);
  return {
    tone: now,
    readAt: new Date('2026-11-22T02:10:05Z'),
    awaySince: undefined,
    components: KEYS.map((key) => ({
      key,
      tone: key === 'sign_in' ? now : 'working',
      availability: Object.values(odd).includes('down') && key === 'sign_in' ? '99.97' : '100.00',
      bars: ago.map((days, at) => {
        const state = stateOf(key, days);
        const label = `${dayOf(days)} ${translate(locale, `status.day-${state}`, { minutes: 12 })}`;
        return { x: at * 6, y: 34 - HEIGHTS[state], height: HEIGHTS[state], tone: state, label };
      }),
    })),
    days: ago.toReversed().map((days) => ({
      day: dayOf(days),
      cells: KEYS.map((key) => ({ tone: stateOf(key, days), minutes: 12 })),
    })),
    subsystems: [
      {
        name: locale === 'en' ? 'Cancer screening' : '癌症篩檢',
        tone: 'working',
        markKey: 'status.subsystem-working',
      },
      {
        name: locale === 'en' ? 'Maternal and child health' : '婦幼健康管理整合系統',
        tone: 'unknown',
        markKey: 'status.subsystem-unknown',
      },
      {
        name: locale === 'en' ? 'Smoking cessation' : '戒菸服務',
        tone: 'degraded',
        markKey: 'status.subsystem-degraded',
      },
    ],
  };
}

export function statusSamples(locale: Locale): Sample[] {
  const { windows, lines } = inventedNotices(locale);
  const view = 'idp/status' as const;
  const odd: Record<number, State> = { 3: 'degraded', 12: 'maintenance', 40: 'down' };
  return [
    { name: 'status', view, data: { ...invented(locale, 'working', odd), windows: [] } },
    {
      name: 'status-disturbed',
      view,
      page: { notices: { lines, windows: [] } },
      data: { ...invented(locale, 'degraded', { 0: 'degraded', ...odd }), windows },
    },
    {
      name: 'status-away',
      view,
      data: {
        ...invented(locale, 'down', { 0: 'down', ...odd }),
        awaySince: new Date('2026-11-22T02:11:00Z'),
        windows: [],
      },
    },
    {
      name: 'status-new',
      view,
      data: {
        ...invented(locale, 'unknown', {}),
        components: invented(locale, 'unknown', {}).components.map((part) => ({
          ...part,
          tone: 'unknown' as const,
          availability: '',
          bars: part.bars.map((bar) => ({ ...bar, y: 30, height: 4, tone: 'unknown' as const })),
        })),
        subsystems: [],
        windows: [],
      },
    },
  ];
}
