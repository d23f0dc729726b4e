import type { UnitSearch } from './types.ts';

const MAX_TEXT = 60;

/** What was asked for as it is searched: forms unified, cut, a township only inside its county. */
export function readSearch(asked: { text: string; county: string; town: string }, limit: number): UnitSearch {
  const text = asked.text
    .normalize('NFKC')
    .replaceAll(/\p{C}/gu, '')
    .trim()
    .slice(0, MAX_TEXT)
    // chosen from a list that shows `code-name`, the whole line may come back
    .replace(/^([0-9A-Z]{10})-.*$/iu, '$1');
  const county = /^\d{5}$/.test(asked.county) ? asked.county : '';
  const town = /^\d{8}$/.test(asked.town) && county !== '' && asked.town.startsWith(county) ? asked.town : '';
  return { text, county, town, limit };
}

/** Whether anything narrows the search: without, nothing is listed. */
export function asksForSomething(search: UnitSearch): boolean {
  return search.text !== '' || search.town !== '' || search.county !== '';
}
