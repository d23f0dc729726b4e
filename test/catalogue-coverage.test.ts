import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');
const NUMBER = /^(C|M|N|P|SM|T|X)-?\d{2}[ab]?$/;

/** The rows of docs/catalogue-coverage.md: what the catalogue asks for, and the tests that hold it. */
const rows = readFileSync(path.join(ROOT, 'docs/catalogue-coverage.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, number = '', what = '', tests = '']) => ({
    number,
    what,
    files: [...tests.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
  }));

describe('the map from the catalogue to tests', () => {
  test('names each number once, in order', () => {
    const numbers = rows.map(({ number }) => number);
    expect(numbers.filter((number) => !NUMBER.test(number))).toEqual([]);
    expect(numbers).toEqual([...new Set(numbers)].sort());
    expect(rows.filter(({ what }) => what === '')).toEqual([]);
  });

  test('names only tests that there are, each of which has the number in a title', () => {
    const missing = rows.flatMap(({ files }) => files.filter((file) => !existsSync(path.join(ROOT, file))));
    expect(missing).toEqual([]);
    const untitled = rows.flatMap(({ number, files }) =>
      files.filter((file) => !isTitled(number, sourceOf(file))).map((file) => `${number} ${file}`),
    );
    expect(untitled).toEqual([]);
    expect(rows.filter(({ files }) => files.length === 0)).toEqual([]);
  });

  test('leaves out nothing that accounts are asked for, from the first application to retirement', () => {
    const known = new Set(rows.map(({ number }) => number));
    expect(ACCOUNTS.filter((number) => !known.has(number))).toEqual([]);
  });
});

/** What the catalogue asks of people's own accounts; the check of screening rights is another service's. */
const ACCOUNTS = [
  ...numbers('C-', [1, 2], [6, 7], [9, 10]),
  ...numbers('N', [1, 11], [16, 17]),
  ...numbers('P-', [1, 32]),
  ...numbers('SM-', [1, 7], [10, 13], [15, 16]),
  ...numbers('X-', [1, 13]),
];

function numbers(letters: string, ...ranges: [number, number][]): string[] {
  return ranges.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_none, at) => letters + String(from + at).padStart(2, '0')),
  );
}

function sourceOf(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

/** The number stands in the title of a test or of a group of tests, or in the table that a title is made of. */
function isTitled(number: string, source: string): boolean {
  const titles = [...source.matchAll(/(['"`])((?:(?!\1)[^\n])*)\1,\s*(?:async\s*)?(?:\(|\w+\s*=>)/g)];
  if (titles.some(([, , title = '']) => title.includes(number))) return true;
  const isMade = titles.some(([, , title = '']) => /[%$]/.test(title));
  return isMade && new RegExp(`^\\s*\\[?\\s*['"]?${number}['"]?[,:]`, 'm').test(source);
}
