import { type Target, budgetOf, fuzz, heapInUse } from '../fuzz/engine.ts';
import { parserTargets } from '../fuzz/targets.ts';

const INPUTS = 400;
const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 0);
const GROWTH_MIB = 16;

describe('B16: every parser of what comes from outside, on nonsense from a seed', () => {
  let targets: Target[];

  beforeAll(async () => {
    targets = await parserTargets();
  });

  it(
    'refuses it in its own words, at once, and keeps nothing of it',
    async () => {
      const budget = budgetOf(INPUTS, targets.length);
      for (const target of targets) await fuzz(target, { ...budget, inputs: 50, seconds: 0 }); // what is made once
      const before = heapInUse();
      const done: [string, number][] = [];
      for (const target of targets) done.push([target.name, await fuzz(target, budget)]);
      expect(heapInUse() - before).toBeLessThan(GROWTH_MIB);
      if (SECONDS > 0) process.stdout.write(`${done.map((line) => line.join(': ')).join('\n')}\n`);
      for (const [name, inputs] of done) expect([name, inputs > 0]).toEqual([name, true]);
    },
    60_000 + 2000 * SECONDS,
  );

  it('prints the smallest input that fails, and again for the same seed', async () => {
    const picky: Target = {
      name: 'picky',
      seeds: [Buffer.from('a plain and harmless text')],
      run: (input) => {
        if (input.includes('[')) throw new TypeError('brackets');
      },
    };
    const found = async (): Promise<string> =>
      fuzz(picky, { seed: 3, inputs: 5000, seconds: 0 }).then(String, (error: Error) => error.message);
    const message = await found();
    expect(message).toContain('picky, seed 3: TypeError: brackets');
    expect(message).toMatch(/input \(latin-1 in JSON\): "\["$/);
    expect((await found()).split('\n').at(-1)).toBe(message.split('\n').at(-1));
  });
});
