import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');
const NUMBER = /^(C|M|N|P|SM|X)-?\d{2}[ab]?$/;

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

  test('names only tests that there are, one of which names the number', () => {
    const missing = rows.flatMap(({ files }) => files.filter((file) => !existsSync(path.join(ROOT, file))));
    const unnamed = rows.filter(
      ({ number, files }) =>
        !files.some((file) => readFileSync(path.join(ROOT, file), 'utf8').includes(number)),
    );
    expect({ missing, unnamed: unnamed.map(({ number }) => number) }).toEqual({ missing: [], unnamed: [] });
  });
});
