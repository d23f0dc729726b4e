import { readFileSync } from 'node:fs';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { recordResult } from './report.ts';
import { fuzzTokens } from './token-fuzz.ts';

const TOKENS = Number(process.env['FAULT_FUZZ'] ?? 1_000_000);
const PARTS = 10;
const MOST_GROWTH_MB = 30;

describe('a million malformed tokens', () => {
  let world: IdpWorld;
  beforeAll(async () => {
    world = await startIdpWorld();
  });
  afterAll(() => world.stop());

  const memory = (): number =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${world.replicas[0]?.pid}/status`, 'utf8'))?.[1]) / 1024;

  it('R26: no failure, and memory stays', async () => {
    const began = performance.now();
    const bad: string[] = [];
    const memories: number[] = [];
    for (let part = 0; part < PARTS; part += 1) {
      bad.push(...(await fuzzTokens(world.issuer, TOKENS / PARTS)));
      memories.push(memory());
    }
    const rate = TOKENS / ((performance.now() - began) / 1000);
    // the heap takes its room in the first minutes; a leak goes on
    const [half = 0, end = 0] = [memories[PARTS / 2 - 1], memories[PARTS - 1]];
    const figures =
      `${TOKENS} tokens at ${rate.toFixed(0)}/s, ${bad.length} failures; ` +
      `MB after each tenth: ${memories.map((each) => each.toFixed(0)).join(', ')}`;
    const passed = bad.length === 0 && end - half < MOST_GROWTH_MB;
    recordResult({ row: 'R26', deed: 'malformed JWTs wherever one is read', figures, passed });
    expect(bad.slice(0, 5)).toEqual([]);
    expect(end - half).toBeLessThan(MOST_GROWTH_MB);
    expect((await fetch(`${world.issuer}/readyz`)).status).toBe(200);
  }, 3_600_000);
});
