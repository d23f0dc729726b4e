import { readFileSync } from 'node:fs';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { recordResult } from './report.ts';
import { fuzzTokens } from './token-fuzz.ts';

const TOKENS = Number(process.env['FAULT_FUZZ'] ?? 1_000_000);
const WARM_UP = 20_000;

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
    const bad = await fuzzTokens(world.issuer, WARM_UP);
    const before = memory();
    bad.push(...(await fuzzTokens(world.issuer, TOKENS - WARM_UP)));
    const after = memory();
    const rate = TOKENS / ((performance.now() - began) / 1000);
    const figures = `${TOKENS} tokens at ${rate.toFixed(0)}/s, ${bad.length} failures; ${before.toFixed(0)} MB after ${WARM_UP}, ${after.toFixed(0)} MB after all`;
    const passed = bad.length === 0 && after - before < 60;
    recordResult({ row: 'R26', deed: 'malformed JWTs wherever one is read', figures, passed });
    expect(bad).toEqual([]);
    expect(after - before).toBeLessThan(60);
    expect((await fetch(`${world.issuer}/readyz`)).status).toBe(200);
  });
});
