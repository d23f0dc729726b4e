import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { LOCALES, type Locale } from '#kit/http/locale.ts';

export type Params = Record<string, string | number>;

/** Every text of one language by its key `area.key`; the area is the file's name. */
export type Texts = ReadonlyMap<string, string>;

const FOLDER = path.join(import.meta.dirname, 'locales');

/** Reads `locales/<locale>/<area>.json`: flat objects of texts, `{name}` standing for a parameter. */
export function readTexts(locale: Locale): Texts {
  const texts = new Map<string, string>();
  for (const file of readdirSync(path.join(FOLDER, locale)).sort()) {
    const area = path.basename(file, '.json');
    const entries = JSON.parse(readFileSync(path.join(FOLDER, locale, file), 'utf8')) as Record<
      string,
      string
    >;
    for (const [key, text] of Object.entries(entries)) texts.set(`${area}.${key}`, text);
  }
  return texts;
}

const ALL = Object.fromEntries(LOCALES.map((locale) => [locale, readTexts(locale)])) as Record<Locale, Texts>;

/** Whether `key` has a text. */
export function hasText(locale: Locale, key: string): boolean {
  return ALL[locale].has(key);
}

/** The text of `key` with its parameters put in, not yet escaped. @throws Error when there is no such key */
export function translate(locale: Locale, key: string, params: Params = {}): string {
  const text = ALL[locale].get(key);
  if (text === undefined) throw new Error(`no text for ${key} in ${locale}`);
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(params[name] ?? placeholder));
}

/** What editors wrote in this language, else the Chinese they always write, marked with its language. */
export function textIn(locale: Locale, chinese: string, english: string): { text: string; lang: string } {
  if (locale === 'zh-TW') return { text: chinese, lang: '' };
  return english === '' ? { text: chinese, lang: 'zh-Hant-TW' } : { text: english, lang: '' };
}
