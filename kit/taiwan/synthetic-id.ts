/** What each area letter counts for; the letters were not assigned in alphabetical order. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVXYWZIO';
const WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 1];

/**
 * A national identification number that passes its checksum and belongs to nobody: `serial` is counted up
 * from one, far below what is really assigned.
 * @param letter area letter, A to Z
 * @param sex digit of the first position: 1 or 2
 */
export function syntheticNationalId(letter: string, sex: 1 | 2, serial: number): string {
  const value = LETTERS.indexOf(letter) + 10;
  const digits = `${sex}${String(serial).padStart(7, '0')}`;
  const sum =
    Math.floor(value / 10) +
    (value % 10) * 9 +
    WEIGHTS.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
  return `${letter}${digits}${(10 - (sum % 10)) % 10}`;
}
