import type Handlebars from 'handlebars';
import type { Assets } from './assets.ts';
import { formatDateTime, formatDay, formatDayOf, formatMinute } from './dates.ts';
import { iconMarkup } from './icons.ts';
import { type Params, hasText, translate } from './locales.ts';
import type { ErrorView, FieldError, PageContext } from './views.ts';

type Options = Handlebars.HelperOptions;

const pageOf = (options: Options): PageContext => (options.data as { page: PageContext }).page;

/** What templates may call. All return text that Handlebars escapes; only `icon` returns markup of our own. */
export function registerHelpers(handlebars: typeof Handlebars, assets: Assets): void {
  handlebars.registerHelper({
    /** {{t "area.key" name=value}}; `params` hands on a whole object. */
    t: (key: string, options: Options) => {
      const { params, ...named } = options.hash as { params?: Params };
      return translate(pageOf(options).locale, key, { ...params, ...named });
    },
    /** A text that may be missing for codes of others (a menu right, a scope): then `otherwise`. */
    textOr: (key: string, otherwise: string, options: Options) =>
      hasText(pageOf(options).locale, key) ? translate(pageOf(options).locale, key) : otherwise,
    faultText: (part: string, options: Options) => faultText(options, part),
    asset: (name: string) => assets.url(name),
    icon: (name: string) => new handlebars.SafeString(iconMarkup(name)),
    datetime: (at: Date, options: Options) => formatDateTime(pageOf(options).locale, at),
    day: (day: string, options: Options) => formatDay(pageOf(options).locale, day),
    'day-of': (at: Date, options: Options) => formatDayOf(pageOf(options).locale, at),
    'file-size': formatSize,
    minute: (at: Date, options: Options) => formatMinute(pageOf(options).locale, at),
    iso: (at: Date) => at.toISOString(),
    htmlLang: (options: Options) => (pageOf(options).locale === 'en' ? 'en' : 'zh-Hant-TW'),
    otherLocale: (options: Options) => (pageOf(options).locale === 'en' ? 'zh-TW' : 'en'),
    localeUrl: (locale: string, options: Options) => withLocale(pageOf(options).path, locale),
    /** A subsystem's name as one letter on its colour. */
    initial: (name: string) => /^./u.exec(name.trim())?.[0] ?? '',
    errorOf: (errors: FieldError[], field: string, options: Options) => {
      const error = errors.find((candidate) => candidate.field === field);
      return error && translate(pageOf(options).locale, error.key, error.params);
    },
    /** The text in halves, so that a one-time code can be read and compared: `123 456`. */
    halves: (code: string) => code.replace(/^(\d{3})(\d{3})$/, '$1 $2'),
    /** {{query-string q=query page=2}}; empty values are left out. */
    'query-string': (options: Options) => {
      const filled = Object.entries(options.hash as Params).filter(([, value]) => value !== '');
      return new URLSearchParams(
        filled.map(([name, value]): [string, string] => [name, String(value)]),
      ).toString();
    },
    concat: (...parts: unknown[]) => parts.slice(0, -1).join(''),
    eq: (a: unknown, b: unknown) => a === b,
    'if-else': (condition: unknown, yes: unknown, no: unknown) => (condition ? yes : no),
    more: (a: number, b: number) => a > b,
    plus: (a: number, b: number) => a + b,
    or: (a: unknown, b: unknown) => a || b,
    and: (a: unknown, b: unknown) => a && b,
    not: (a: unknown) => !a,
  });
}

/** A size as people know it from their files: `12 KB`, `3.4 MB`. */
function formatSize(bytes: number): string {
  const kilobytes = Math.max(1, Math.round(bytes / 1024));
  return kilobytes < 1024 ? `${kilobytes} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** The protocol's own error says most, then our code; what no text was written for still gets a whole page. */
function faultText(options: Options, part: string): string {
  const { locale } = pageOf(options);
  const { code, params, protocolError } = (options.data as { root: ErrorView }).root;
  const wishes = protocolError ? [protocolError.error, code, 'protocol_error'] : [code];
  const known = wishes.find((wish) => hasText(locale, `fault.${wish}.title`)) ?? 'unexpected';
  return translate(locale, `fault.${known}.${part}`, params);
}

/** The same page in another language; never a link to another host. */
function withLocale(path: string, locale: string): string {
  const url = new URL(`/${path.replace(/^[/\\]+/, '')}`, 'http://page.invalid');
  url.searchParams.set('lang', locale);
  return `/${url.pathname.replace(/^\/+/, '')}${url.search}`; // `/..//host` becomes `//host` only when it is read
}
