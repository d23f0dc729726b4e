import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isThere, namedTests } from './support/proofs.ts';

const ROOT = import.meta.dirname;
const DOCUMENT = path.join(ROOT, '../docs/federation-rules.md');

/** Rules that no test of ours shows, since we do without. */
const WITHOUT = ['8.7', '8.8'];

const rows = readFileSync(DOCUMENT, 'utf8')
  .split('\n')
  .map((line) => /^\| ([\d.]+) +\| (.+?) +\| (.+?) +\|$/.exec(line))
  .filter((found) => found !== null)
  .map(([, section = '', rule = '', proof = '']) => ({ section, rule, tests: namedTests(proof) }));

describe('docs/federation-rules.md', () => {
  test('goes through the specification in its order, each rule with a test or the reason for none', () => {
    const sections = rows.map(({ section }) => section);
    expect(sections.length).toBeGreaterThan(70);
    expect(sections).toEqual(sections.toSorted((one, other) => inOrder(one, other)));
    const without = rows.filter(({ tests }) => tests.length === 0);
    expect(without.map(({ section }) => section)).toEqual(WITHOUT);
  });

  test('names only tests that there are', () => {
    const missing = rows.flatMap(({ section, tests }) =>
      tests.filter((each) => !isThere(each)).map(({ file, title }) => `§${section}: ${file} › ${title}`),
    );
    expect(missing).toEqual([]);
  });

  test('names every test that names a section', () => {
    const named = new Set(rows.flatMap(({ tests }) => tests.map(({ file, title }) => `${file} › ${title}`)));
    const all = ['idp', 'protocol'].flatMap((folder) =>
      readdirSync(path.join(ROOT, folder))
        .filter((file) => /^federation-?.*\.test\.ts$/.test(file))
        .flatMap((file) =>
          [...readFileSync(path.join(ROOT, folder, file), 'utf8').matchAll(/(?<=[\s(]')§[^'\n]+(?=')/g)].map(
            ([title]) => `${folder}/${file} › ${title}`,
          ),
        ),
    );
    expect(all.length).toBeGreaterThan(30);
    expect(all.filter((each) => !named.has(each))).toEqual([]);
  });
});

function inOrder(one: string, other: string): number {
  const [ours, theirs] = [one, other].map((section) => section.split('.').map(Number));
  for (let at = 0; ; at += 1) {
    const [mine, its] = [ours?.[at], theirs?.[at]];
    if (mine === undefined || its === undefined) return (mine ?? -1) - (its ?? -1);
    if (mine !== its) return mine - its;
  }
}
