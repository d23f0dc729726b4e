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
