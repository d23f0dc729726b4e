import type { DeskFunction } from './types.ts';

export const MOST_FAVOURITES = 30;
const MOST_FOUND = 50;

const plain = (text: string): string => text.normalize('NFKC').toLowerCase();

/** The functions in whose names every word of `query` occurs: those whose own name has it first. */
export function findFunctions(functions: readonly DeskFunction[], query: string): DeskFunction[] {
  const wanted = plain(query).split(/\s+/).filter(Boolean);
  const found = functions.filter(({ words }) => wanted.every((word) => plain(words).includes(word)));
  const isNamed = ({ label }: DeskFunction): boolean => wanted.every((word) => plain(label).includes(word));
  return [...found.filter(isNamed), ...found.filter((one) => !isNamed(one))].slice(0, MOST_FOUND);
}

/** The function whose page, or a page below it, stands at `pathname`; '' when it is none's. */
export function functionAt(pathname: string, pages: ReadonlySet<string>): string {
  const slugs = pathname.split('/').filter(Boolean);
  for (let length = slugs.length; length > 0; length -= 1) {
    const path = slugs.slice(0, length).join('/');
    if (pages.has(path)) return path;
  }
  return '';
}
