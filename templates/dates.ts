import { taipeiDay } from '#kit/clock.ts';
import type { Locale } from '#kit/http/locale.ts';

const TIME_ZONE = 'Asia/Taipei';

const CHINESE = new Intl.DateTimeFormat('zh-TW', {
  timeZone: TIME_ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h12',
});

const ENGLISH = new Intl.DateTimeFormat('en-GB', {
  timeZone: TIME_ZONE,
  dateStyle: 'medium',
  timeStyle: 'medium',
});

/** A moment in Taipei: date, part of the day and twelve-hour time in zh-TW; `22 Nov 2026, 18:10:05` in English. */
export function formatDateTime(locale: Locale, at: Date): string {
  if (locale === 'en') return ENGLISH.format(at);
  const part = Object.fromEntries(CHINESE.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${part['year']}/${part['month']}/${part['day']} ${part['dayPeriod']} ${part['hour']}:${part['minute']}:${part['second']}`;
}

/** The same without seconds, for what is planned. */
export function formatMinute(locale: Locale, at: Date): string {
  return formatDateTime(locale, at).replace(/:\d{2}$/, '');
}

const ENGLISH_DAY = new Intl.DateTimeFormat('en-GB', { timeZone: TIME_ZONE, dateStyle: 'medium' });

/** A day given as `yyyy-MM-dd`: `2026/11/22` in zh-TW, `22 Nov 2026` in English; anything else as it is. */
export function formatDay(locale: Locale, day: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return day;
  return locale === 'en' ? ENGLISH_DAY.format(new Date(`${day}T00:00:00+08:00`)) : day.replaceAll('-', '/');
}

/** The day of a moment in Taipei. */
export function formatDayOf(locale: Locale, at: Date): string {
  return formatDay(locale, taipeiDay(at));
}
