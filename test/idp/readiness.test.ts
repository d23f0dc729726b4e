import { type World, startWorld } from '../support/world.ts';

/* What we check of others must hold for our own: the examples people copy, and mch-app. */

describe('the readiness check', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld({ examples: true, mch: true, replicas: 2 });
  });
  afterAll(() => world.stop());

  it.each(['cancer', 'smoking', 'mch'])('passes %s', async (code) => {
    const { code: exit, output } = await world.idpCommand('subsystems', 'check', code);
    expect(output).toContain(`${code}: passed`);
    expect(output).not.toMatch(/failed|not checked/);
    expect(exit).toBe(0);
  });
});
