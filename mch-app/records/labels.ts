import type { Locale } from '#kit/http/locale.ts';
import shared from './labels.json' with { type: 'json' };

/** `[zh-TW, en]` by key: what an area calls its fields (`name`), their choices (`name.choice`) and its findings. */
export type LabelTexts = Readonly<Record<string, readonly string[]>>;

export interface Labels {
  /** @throws Error for a key nobody wrote: a bug */
  text(locale: Locale, key: string, params?: Readonly<Record<string, string | number>>): string;
  has(key: string): boolean;
}

const SHARED: LabelTexts = shared;

/** The area's own words first, then those of all records. */
export function createLabels(own: LabelTexts): Labels {
  const find = (key: string): readonly string[] | undefined => own[key] ?? SHARED[key];
  return {
    has: (key) => find(key) !== undefined,
    text(locale, key, params = {}) {
      const text = find(key)?.[locale === 'en' ? 1 : 0];
      if (text === undefined) throw new Error(`no label for ${key} in ${locale}`);
      return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
    },
  };
}
