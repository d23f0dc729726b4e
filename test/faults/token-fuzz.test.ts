import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { fuzzTokens } from './token-fuzz.ts';

describe('tokens of somebody else’s making', () => {
  let world: IdpWorld;
  beforeAll(async () => {
    world = await startIdpWorld();
  });
  afterAll(() => world.stop());

  it('R26: a thousand malformed ones, wherever one is read: refused, never a failure of ours', async () => {
    expect(await fuzzTokens(world.issuer, 1000)).toEqual([]);
    expect((await fetch(`${world.issuer}/readyz`)).status).toBe(200);
    expect(world.replicas[0]?.output()).not.toContain('"level":50');
  });
});
