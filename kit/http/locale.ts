import type { IncomingMessage } from 'node:http';
import { readCookie } from './cookies.ts';

export const LOCALES = ['zh-TW', 'en'] as const;
export type Locale = (typeof LOCALES)[number];

/** Holds the person's own choice; shared by the apps of one host on purpose. */
export const LOCALE_COOKIE = 'lang';

/**
 * The language for one request: what was just asked for (`lang`, or OpenID Connect's `ui_locales`), what was
 * chosen before, what somebody else wishes for the person, what the browser prefers, else zh-TW.
 * @param wished as `ui_locales` is written
 */
export function negotiateLocale(req: IncomingMessage, query: URLSearchParams, wished = ''): Locale {
  const asked = query.get('lang') ?? query.get('ui_locales');
  const accepted = (req.headers['accept-language'] ?? '')
    .split(',')
    .map((range) => range.split(';')[0] ?? '');
  const wishes = [
    ...(asked ?? '').split(' '),
    readCookie(req, LOCALE_COOKIE) ?? '',
    ...wished.split(' '),
    ...accepted,
  ];
  for (const wish of wishes) {
    const tag = wish.trim().toLowerCase();
    if (tag.startsWith('zh')) return 'zh-TW';
    if (tag.startsWith('en')) return 'en';
  }
  return 'zh-TW';
}
