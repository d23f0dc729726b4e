import type { Locale } from '#kit/http/locale.ts';
import { translate } from '../locales.ts';

/** What happened in one hour. */
export interface HourCount {
  hour: Date;
  succeeded: number;
  failed: number;
}

/** A chart of hours as geometry: no style, no script; the table under it says the same. */
export interface HourChart {
  width: number;
  height: number;
  /** The finding, in words: what somebody who cannot see the bars is told. */
  title: string;
  bars: { x: number; width: number; succeeded: Bar; failed: Bar }[];
  ticks: { x: number; label: string }[];
  base: number;
  rows: { hour: Date; succeeded: number; failed: number }[];
}

interface Bar {
  y: number;
  height: number;
}

const STEP = 30;
const GAP = 6;
const PLOT = 120;
const LABELS = 22;

/** Lays out counts by hour as stacked bars, failures on top. */
export function hourChart(counts: HourCount[], locale: Locale): HourChart {
  const largest = Math.max(1, ...counts.map(({ succeeded, failed }) => succeeded + failed));
  const scaled = (value: number): number => Math.round((value / largest) * (PLOT - 4) * 10) / 10;
  const bars = counts.map(({ succeeded, failed }, at) => {
    const good = scaled(succeeded);
    const bad = scaled(failed);
    return {
      x: at * STEP + GAP / 2,
      width: STEP - GAP,
      succeeded: { y: PLOT - good, height: good },
      failed: { y: PLOT - good - bad, height: bad },
    };
  });
  const label = hourLabel(locale);
  return {
    width: counts.length * STEP,
    height: PLOT + LABELS,
    title: titleOf(counts, locale),
    bars,
    ticks: counts.flatMap(({ hour }, at) =>
      at % 6 === 0 ? [{ x: at * STEP + GAP / 2, label: label(hour) }] : [],
    ),
    base: PLOT,
    rows: counts.toReversed(),
  };
}

function titleOf(counts: HourCount[], locale: Locale): string {
  const total = counts.reduce((sum, { succeeded, failed }) => sum + succeeded + failed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  if (total === 0) return translate(locale, 'chart.hours-none');
  const busiest = counts.reduce((most, count) =>
    count.succeeded + count.failed > most.succeeded + most.failed ? count : most,
  );
  const hour = hourLabel(locale)(busiest.hour);
  return translate(locale, 'chart.hours-title', {
    total,
    failed,
    hour,
    most: busiest.succeeded + busiest.failed,
  });
}

function hourLabel(locale: Locale): (hour: Date) => string {
  const format = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : 'zh-TW', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: 'Asia/Taipei',
  });
  return (hour) => format.format(hour);
}
