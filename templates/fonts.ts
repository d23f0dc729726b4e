import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const PACKAGE = '@fontsource-variable/noto-sans-tc';

export interface Fonts {
  css: Buffer;
  /** Changes when any slice does. */
  version: Buffer;
  /** By its name, how each slice is read: they are many and large, and a browser asks for each once. */
  slices: Map<string, () => Buffer>;
}

/**
 * Noto Sans TC (OFL 1.1) as about a hundred slices: `fonts.css` names the characters of each, so that a
 * browser fetches only the slices a page needs.
 */
export function findFonts(): Fonts {
  const folder = path.dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
  const css = readFileSync(path.join(folder, 'index.css'), 'utf8')
    .replaceAll('./files/', '')
    .replaceAll("format('woff2-variations')", "format('woff2')")
    .replaceAll(/\/\*.*?\*\/\n/g, '');
  const slices = readdirSync(path.join(folder, 'files')).map((file): [string, () => Buffer] => [
    file,
    () => readFileSync(path.join(folder, 'files', file)),
  ]);
  return {
    css: Buffer.from(css),
    version: readFileSync(path.join(folder, 'package.json')),
    slices: new Map(slices),
  };
}
