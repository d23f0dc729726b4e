import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const PACKAGE = '@fontsource-variable/noto-sans-tc';

/**
 * Noto Sans TC (OFL 1.1) as about a hundred slices: `fonts.css` names the characters of each, so that a
 * browser fetches only the slices a page needs.
 */
export function fontFiles(): Map<string, Buffer> {
  const folder = path.dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
  const css = readFileSync(path.join(folder, 'index.css'), 'utf8')
    .replaceAll('./files/', '')
    .replaceAll("format('woff2-variations')", "format('woff2')")
    .replaceAll(/\/\*.*?\*\/\n/g, '');
  const files = new Map([['fonts.css', Buffer.from(css)]]);
  for (const file of readdirSync(path.join(folder, 'files'))) {
    files.set(file, readFileSync(path.join(folder, 'files', file)));
  }
  return files;
}
