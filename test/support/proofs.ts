import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const TESTS = path.join(import.meta.dirname, '..');
const sources = new Map<string, string>();

/** A test as a document names it: its file under test/ and its title as the source writes it. */
export interface NamedTest {
  file: string;
  title: string;
}

/** The tests that a cell of a document names, each as `file` › `title`. */
export function namedTests(cell: string): NamedTest[] {
  return [...cell.matchAll(/`(?:test\/)?([^`]+)` › `([^`]+)`/g)].map(([, file = '', title = '']) => ({
    file,
    title,
  }));
}

/** Whether the file stands under test/ and writes this title as a string; an empty title asks for the file alone. */
export function isThere({ file, title }: NamedTest): boolean {
  const source = sourceOf(file);
  const said =
    title === '' ? [title] : ["'", '"', '`'].map((mark) => mark + title.replaceAll(mark, `\\${mark}`) + mark);
  return source !== '' && said.some((text) => source.includes(text));
}

function sourceOf(file: string): string {
  const address = path.join(TESTS, file);
  const known = sources.get(file) ?? (existsSync(address) ? readFileSync(address, 'utf8') : '');
  sources.set(file, known);
  return known;
}
