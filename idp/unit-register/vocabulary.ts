import { COUNTIES, type County, UNIT_KINDS } from '../units/index.ts';
import { TERMS } from './columns.ts';
import type { RowValues } from './types.ts';

/** The words of a register file for what we keep as codes. */

const CODES_OF_KINDS = new Map(
  UNIT_KINDS.flatMap(({ code, name, nameEn, terms }) =>
    [code, name, nameEn, ...terms].map((term) => [term.toLowerCase(), code] as const),
  ),
);

/** The kind's code by its code, name or a term of the register. */
export function kindOf(typed: string): string | undefined {
  return CODES_OF_KINDS.get(typed.toLowerCase());
}

/** The insurer's class of contract by its letter or name. */
export function levelOf(typed: string): string | undefined {
  return /^[1-9ABX]$/.test(typed) ? typed : TERMS.levels[typed];
}

/** What the file says of being in business; a date on which that ended says it too. */
export function statusOf(typed: string, closedOn: string): RowValues['status'] | undefined {
  const word = typed.toLowerCase();
  if (word === '') return closedOn === '' ? '' : 'closed';
  if (TERMS.active.includes(word)) return 'active';
  return TERMS.closed.includes(word) ? 'closed' : undefined;
}

/** The old way to write the first character of Taipei, Taichung, Tainan and Taitung. */
const sameForms = (text: string): string => text.replaceAll('\u53f0', '\u81fa');

export type Place = { county: string; town: string } | { fault: 'county.unknown' | 'town.unknown' };

/**
 * County and township by their codes or names. Where the file names neither, an address that begins with both
 * tells; where it tells nothing, both are ''.
 */
export function placeOf(county: string, town: string, address: string): Place {
  if (county === '' && town === '') {
    const found = findIn(address);
    return found ?? { county: '', town: '' };
  }
  const asked = county === '' ? town.slice(0, 5) : county;
  const found = COUNTIES.find((one) => isNamed(one, asked));
  if (!found) return { fault: 'county.unknown' };
  const inside = found.towns.find((one) => isNamed(one, town));
  return inside ? { county: found.code, town: inside.code } : { fault: 'town.unknown' };
}

function isNamed({ code, name, nameEn }: Omit<County, 'towns'>, typed: string): boolean {
  return code === typed || name === sameForms(typed) || nameEn.toLowerCase() === typed.toLowerCase();
}

function findIn(address: string): { county: string; town: string } | undefined {
  const text = sameForms(address).replace(/^\d{3,6}/, '');
  const county = COUNTIES.find(({ name }) => text.startsWith(name));
  const rest = county ? text.slice(county.name.length) : '';
  const town = county?.towns.find(({ name }) => rest.startsWith(name));
  return county && town ? { county: county.code, town: town.code } : undefined;
}
