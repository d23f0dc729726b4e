import { readFileSync, readdirSync } from 'node:fs';
import { LOCALES, type Locale } from '#kit/http/locale.ts';
import { decodeMuLaw } from './wav.ts';

/** What one voice says for each digit. */
export type Voice = readonly Float32Array[];
export type Voices = Record<Locale, [Voice, ...Voice[]]>;

/** Samples a second, in the files and in what we send. */
export const RATE = 16_000;
const SLOT = 15_040;
const HEADER_BYTES = 58;
const SILENCE = 0.001;

/** Finds the shipped voices (`voices/README.md` tells their form); a language's are read when it first speaks, and kept. */
export function loadVoices(): Voices {
  const folder = new URL('./voices/', import.meta.url);
  const voicesOf = (locale: Locale): [Voice, ...Voice[]] => {
    const names = readdirSync(new URL(`${locale}/`, folder));
    const [first, ...others] = names.map((name) =>
      digitsOf(readFileSync(new URL(`${locale}/${name}`, folder))),
    );
    if (!first) throw new Error(`no voice speaks ${locale}`);
    return [first, ...others];
  };
  const read = new Map<Locale, [Voice, ...Voice[]]>();
  const find = (locale: Locale): [Voice, ...Voice[]] => {
    const voices = read.get(locale) ?? voicesOf(locale);
    read.set(locale, voices);
    return voices;
  };
  const voices = {};
  for (const locale of LOCALES) Object.defineProperty(voices, locale, { get: () => find(locale) });
  return voices as Voices;
}

function digitsOf(file: Buffer): Voice {
  const samples = decodeMuLaw(file.subarray(HEADER_BYTES));
  return Array.from({ length: 10 }, (_, digit) => {
    const slot = samples.subarray(digit * SLOT, (digit + 1) * SLOT);
    return slot.subarray(0, slot.findLastIndex((sample) => Math.abs(sample) > SILENCE) + 1);
  });
}
