import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const ROOT = import.meta.dirname;

/** Rows of the fault plan that no test's title names yet. */
const OPEN: string[] = [];

const titles = (readdirSync(ROOT, { recursive: true }) as string[])
  .filter((file) => /\.(test|fault)\.ts$/.test(file))
  .map((file) => readFileSync(path.join(ROOT, file), 'utf8'))
  .flatMap((source) => [...source.matchAll(/['"`](R\d[^:'"`\n]{0,40}):/g)])
  .flatMap(([, rows = '']) => rows.match(/R\d+/g) ?? []);

describe('the fault plan', () => {
  test('is tried in every row, R1 to R40', () => {
    const tried = new Set([...titles, ...OPEN]);
    const rows = Array.from({ length: 40 }, (_none, at) => `R${at + 1}`);
    expect(rows.filter((row) => !tried.has(row))).toEqual([]);
    expect([...tried].filter((row) => !rows.includes(row))).toEqual([]);
  });

  test('is no longer open where it is tried', () => {
    expect(OPEN.filter((row) => titles.includes(row))).toEqual([]);
  });
});
