import type { Locale } from '#kit/http/locale.ts';
import { translate } from '../locales.ts';

/** Sign-ins by the hour as geometry: no style, no script; the table beside it says the same. */
export interface SignInChart {
  width: number;
  height: number;
  base: number;
  /** The finding, in words: what somebody who cannot see the bars is told. */
  finding: string;
  bars: { x: number; y: number; width: number; height: number; label: string; isLabelled: boolean }[];
  rows: { hour: Date; label: string; people: number }[];
}

const STEP = 30;
const GAP = 6;
const PLOT = 140;
const LABELS = 22;

/** Lays out how many people signed in in each hour, the oldest first. */
export function signInChart(hours: { hour: Date; people: number }[], locale: Locale): SignInChart {
  const largest = Math.max(1, ...hours.map(({ people }) => people));
  const format = new Intl.DateTimeFormat('en-GB', {
    hour: 'numeric',
    hourCycle: 'h23',
    timeZone: 'Asia/Taipei',
  });
  const labelled = hours.map(({ hour, people }) => ({ hour, people, label: format.format(hour) }));
  const busiest = labelled.toSorted((a, b) => b.people - a.people)[0];
  const isQuiet = busiest === undefined || busiest.people === 0;
  return {
    width: hours.length * STEP,
    height: PLOT + LABELS,
    base: PLOT,
    finding: isQuiet
      ? translate(locale, 'office.chart-none')
      : translate(locale, 'office.chart-finding', { hour: busiest.label, people: busiest.people }),
    bars: labelled.map(({ people, label }, at) => {
      const height = Math.round((people / largest) * (PLOT - 4) * 10) / 10;
      return {
        ...{ x: at * STEP + GAP / 2, y: PLOT - height, width: STEP - GAP, height, label },
        isLabelled: at % 3 === 0,
      };
    }),
    rows: labelled,
  };
}
