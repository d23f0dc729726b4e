import { startLoad } from './load.ts';
import { auditLoad } from './oracle.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

describe('two replicas behind a balancer', () => {
  let world: FaultWorld;

  beforeAll(async () => {
    world = await startFaultWorld({ replicas: 2, people: 6, env: { IDP_DRAIN_SECONDS: '1' } });
  });
  afterAll(() => world.stop());

  it('R2: each is told to stop and started anew under load: no request fails', async () => {
    const load = await startLoad(world, { users: 6, perSecond: 30, seconds: 60 });
    for (const index of [0, 1]) {
      expect(await world.replicas[index]?.stop()).toBe(0);
      await world.restart(index);
      await world.balancer.waitFor(index, true);
    }
    const ledger = await load.stop();
    expect(ledger.requests.length).toBeGreaterThan(60);
    expect(ledger.failureKinds()).toEqual({});
    expect(await auditLoad(world, ledger)).toEqual([]);
  });
});
