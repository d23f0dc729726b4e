import type { UnitKind, UnitSearch } from './types.ts';

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

const MEDICAL_CODE = /^\d{10}$/;
const AGENCY_CODE = /^[0-9A-Z]{9}[A-Z]$/;

/** Whether it is a medical institution's code (ten digits) or an agency's (nine characters and a letter). */
export function isUnitCode(code: string): boolean {
  return MEDICAL_CODE.test(code) || AGENCY_CODE.test(code);
}

/** Whether a unit of this kind may have the code. The last digit is no check digit and is not tried as one. */
export function codeFitsKind(code: string, form: UnitKind['form']): boolean {
  if (form === 'medical') return MEDICAL_CODE.test(code);
  return form === 'agency' ? AGENCY_CODE.test(code) : isUnitCode(code);
}
