import { setTimeout as sleep } from 'node:timers/promises';
import { startLoad } from './load.ts';
import { auditLoad } from './oracle.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

describe('two replicas behind a balancer', () => {
  let world: FaultWorld;

  beforeAll(async () => {
    world = await startFaultWorld({ replicas: 2, people: 8 });
  });
  afterAll(() => world.stop());

  it('R1: one is killed under load: at most a second of errors, no session lost, nothing used twice', async () => {
    const load = await startLoad(world, { users: 8, perSecond: 40, seconds: 30 });
    await sleep(1000);
    const at = load.now();
    await world.replicas[0]?.kill();
    await sleep(1500);
    await world.restart(0);
    await world.balancer.waitFor(0, true);
    await sleep(1000);
    const ledger = await load.stop();
    expect(ledger.errorSpanMs(at)).toBeLessThanOrEqual(1000);
    expect(ledger.requests.length).toBeGreaterThan(100);
    expect(await auditLoad(world, ledger)).toEqual([]);
  });
});
