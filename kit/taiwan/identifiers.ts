/** The checks of what identifies and reaches a person in Taiwan. Pure: the moment is handed in. */

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVXYWZIO';
const WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 1, 1];
/** From 2031-01-01 in Taipei the numbers with two letters are no longer valid. */
const LEGACY_ENDS_AT = Date.UTC(2030, 11, 31, 16);

export type NationalIdKind = 'national' | 'resident' | 'legacy_resident';

/** A national ID or UI number as it is compared and kept: full-width forms unified, upper case, no blanks. */
export function normaliseNationalId(typed: string): string {
  return typed.normalize('NFKC').replaceAll(/\s/g, '').toUpperCase();
}

/**
 * What kind of number it is: of a national, a resident, or a resident of before 2021
 * (two letters). @returns undefined when it is none, its checksum is wrong, or its kind has ended by `now`
 */
export function nationalIdKind(typed: string, now: Date): NationalIdKind | undefined {
  const id = normaliseNationalId(typed);
  const kind = kindByForm(id);
  if (kind === undefined || (kind === 'legacy_resident' && now.getTime() >= LEGACY_ENDS_AT)) return undefined;
  const value = LETTERS.indexOf(id.charAt(0)) + 10;
  // the second letter of an old number counts as the units digit of its value
  const digits = `${'ABCD'.indexOf(id.charAt(1)) < 0 ? id.charAt(1) : 'ABCD'.indexOf(id.charAt(1))}${id.slice(2)}`;
  const sum =
    Math.floor(value / 10) +
    (value % 10) * 9 +
    WEIGHTS.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
  return sum % 10 === 0 ? kind : undefined;
}

/** What its form alone says, without the checksum. */
export function kindByForm(id: string): NationalIdKind | undefined {
  if (/^[A-Z][12]\d{8}$/.test(id)) return 'national';
  if (/^[A-Z][89]\d{8}$/.test(id)) return 'resident';
  return /^[A-Z][A-D]\d{8}$/.test(id) ? 'legacy_resident' : undefined;
}

const AREA_CODES = ['0826', '0836', '037', '049', '089', '082', '02', '03', '04', '05', '06', '07', '08'];

/** A telephone number of a place, `02-12345678#1234`: a known area code, 5 to 8 digits, at most 6 of an extension. */
export function isLandline(text: string): boolean {
  return /^0\d{1,3}-\d{5,8}(#\d{1,6})?$/.test(text) && AREA_CODES.includes(text.split('-')[0] ?? '');
}

/** A mobile number, `0912-345678`. */
export function isMobile(text: string): boolean {
  return /^09\d{2}-\d{6}$/.test(text);
}

/** What pages show of it: `A12****789`. */
export function maskNationalId(nationalId: string): string {
  return `${nationalId.slice(0, 3)}****${nationalId.slice(-3)}`;
}
