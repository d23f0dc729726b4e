import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { LOCALES } from '#kit/http/locale.ts';
import { loadAssets } from '#templates/assets.ts';
import { formatDateTime } from '#templates/dates.ts';
import { createRenderer, readTemplates } from '#templates/engine.ts';
import { type Sample, galleryContext, galleryPages } from '#templates/gallery.ts';

const ASSETS = path.resolve(import.meta.dirname, '../templates/assets');
const renderer = createRenderer({ assets: loadAssets() });
const everySample = LOCALES.flatMap((locale) => galleryPages(locale).map((sample) => ({ locale, sample })));

const render = (sample: Sample, locale: (typeof LOCALES)[number]): string =>
  renderer.page(sample.view, galleryContext(sample, locale), sample.data);

describe('views', () => {
  test('each has a sample in the gallery', () => {
    const shown = new Set(galleryPages('en').map((sample) => sample.view));
    expect(readTemplates(['idp', 'mch-app']).filter(([name]) => !shown.has(name as never))).toEqual([]);
  });

  test.each(everySample)('$sample.name renders whole in $locale', ({ locale, sample }) => {
    const html = render(sample, locale);
    expect(html).toMatch(/^<!doctype html>\n<html lang="(zh-Hant-TW|en)">/);
    expect(html.trimEnd()).toMatch(/<\/html>$/);
    expect(html).not.toMatch(/\{\{|undefined|\[object|NaN/);
    expect(html.match(/<h1/g)).toHaveLength(1);
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]);
    expect(ids).toEqual([...new Set(ids)]);
  });

  test.each(everySample)('$sample.name carries nothing inline in $locale', ({ locale, sample }) => {
    const html = render(sample, locale);
    expect(html).not.toMatch(/<style| style=| on[a-z]+=|data:|javascript:/i);
    expect(html.match(/<script(?![^>]* src=")/g)).toBeNull();
  });

  test.each(everySample)(
    'D22: $sample.name asks for no hint and no question in $locale',
    ({ locale, sample }) => {
      const fields = [
        ...render(sample, locale).matchAll(/<(?:input|textarea|select)\b[^>]* name="([^"]*)"/g),
      ];
      const names = fields.map(([, name = '']) => name);
      expect(names.filter((name) => /hint|question|secret_answer|mother|birthplace/i.test(name))).toEqual([]);
    },
  );

  test.each(everySample)('$sample.name escapes what it is given in $locale', ({ locale, sample }) => {
    const hostile = {
      ...sample,
      ...(poisoned({ data: sample.data, page: sample.page ?? {} }) as object),
    };
    const html = render(hostile, locale);
    expect(html).not.toContain('<b>');
    expect(html).not.toContain(`"'`);
  });
});

/** The same shape with markup in every text; keys of texts, and values that choose one, stay. */
function poisoned(value: unknown, name = ''): unknown {
  const chooses = [
    'area',
    'tone',
    'format',
    'direction',
    'reason',
    'kind',
    'code',
    'app',
    'locale',
    'shortcut',
  ];
  const isKey = (text: string): boolean => chooses.includes(text) || /(^k|K)ey$/.test(text);
  if (typeof value === 'string') return isKey(name) ? value : `${value}"'<b>&`;
  if (Array.isArray(value)) return value.map((each) => poisoned(each));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, poisoned(each, key)]));
}

describe('the page around a view', () => {
  const home = { signInUrl: '/sign-in', news: [], places: [], visits: { total: 0, today: 0 } };

  test('the language switch keeps path and query, and never leads to another host', () => {
    const at = (from: string): string | undefined => {
      const html = renderer.page('idp/home', { locale: 'en', app: 'idp', path: from }, home);
      return /href="([^"]*)" hreflang="zh-TW"/.exec(html)?.[1]?.replaceAll('&#x3D;', '=');
    };
    expect(at('/portal?page=2&lang=en')).toBe('/portal?page=2&amp;lang=zh-TW');
    expect(at('//elsewhere.example/x')).toBe('/elsewhere.example/x?lang=zh-TW');
    expect(at('\\\\elsewhere.example')).toBe('/elsewhere.example?lang=zh-TW');
  });

  test('the title begins with the acting account', () => {
    const [sample] = galleryPages('en').filter(({ name }) => name === 'mch-home');
    expect(render(sample as Sample, 'en')).toContain('<title>Hospital · Home · Maternal');
  });

  test('an error of a code without words still makes a page', () => {
    const data = {
      code: 'weird',
      params: {},
      status: 400,
      requestId: 'r',
      wayOn: { url: '/', key: 'fault.way-home' },
    };
    const html = renderer.page('idp/error', { locale: 'en', app: 'idp', path: '/' }, data);
    expect(html).toContain('Something went wrong');
  });
});

test('moments are shown in Taipei', () => {
  const at = new Date('2026-11-20T16:05:09Z');
  expect(formatDateTime('zh-TW', at)).toBe('2026/11/21 上午 12:05:09');
  expect(formatDateTime('en', at)).toBe('21 Nov 2026, 00:05:09');
});

describe('style sheets', () => {
  const sheets = readdirSync(path.join(ASSETS, 'css')).map(
    (file) => [file, readFileSync(path.join(ASSETS, 'css', file), 'utf8')] as const,
  );

  test('load nothing from elsewhere', () => {
    expect(sheets.filter(([, css]) => /url\(|@import|data:/.test(css)).map(([file]) => file)).toEqual([]);
  });

  test('colours stand in the tokens alone, but for paper and glass', () => {
    const stray = sheets.filter(
      ([file, css]) =>
        !/^(tokens|print)/.test(file) && /#[0-9a-f]{3,8}\b/i.test(css.replaceAll('#ffffff', '')),
    );
    expect(stray.map(([file]) => file)).toEqual([]);
  });
});

describe('contrast', () => {
  const tokens = readFileSync(path.join(ASSETS, 'css/tokens.css'), 'utf8');
  const [light = '', dark = ''] = tokens.split('prefers-color-scheme: dark');
  const colours = (css: string) =>
    Object.fromEntries(
      [...css.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1], match[2]]),
    );

  const eight = [1, 2, 3, 4, 5, 6, 7, 8];
  const grounds = ['ground', 'surface', 'sunken'];
  const TEXT: [string, string][] = [
    ...grounds.flatMap((ground): [string, string][] => [
      ['text', ground],
      ['text-soft', ground],
      ['primary', ground],
    ]),
    ['text', 'primary-soft'],
    ['text-soft', 'primary-soft'],
    ['primary', 'primary-soft'],
    ['on-primary', 'primary'],
    ['on-primary', 'primary-strong'],
    ['success', 'sunken'],
    ...['success', 'info', 'warning', 'error'].flatMap((kind): [string, string][] => [
      [kind, `${kind}-soft`],
      [kind, 'surface'],
    ]),
    ...eight.flatMap((n): [string, string][] => [
      [`s${n}`, 'surface'],
      [`s${n}`, `s${n}-soft`],
      ['on-system', `s${n}`],
      ['text', `s${n}-soft`],
      ['text-soft', `s${n}-soft`],
    ]),
  ];
  const CONTROLS: [string, string][] = [
    ...grounds.flatMap((ground): [string, string][] => [
      ['control', ground],
      ['focus', ground],
    ]),
    ['focus', 'primary-soft'],
    ['control', 'primary-soft'],
    ...eight.map((n): [string, string] => [`s${n}`, 'ground']),
  ];

  test.each([
    ['light', colours(light)],
    ['dark', { ...colours(light), ...colours(dark) }],
  ])('is enough in %s', (_scheme, palette) => {
    const weak = (pairs: [string, string][], least: number) =>
      pairs.filter(([a, b]) => !(contrast(palette[a], palette[b]) >= least));
    expect({ text: weak(TEXT, 4.5), controls: weak(CONTROLS, 3) }).toEqual({ text: [], controls: [] });
  });
});

/** WCAG 2.1 contrast ratio of two colours `#rrggbb`. */
function contrast(a = '', b = ''): number {
  const [bright = 0, dim = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (bright + 0.05) / (dim + 0.05);
}

function luminance(colour: string): number {
  const [r = NaN, g = NaN, b = NaN] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
