import { setTimeout as sleep } from 'node:timers/promises';
import { startLoad } from './load.ts';
import { auditLoad } from './oracle.ts';
import { recordResult } from './report.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

const RESTARTS = Number(process.env['FAULT_RESTARTS'] ?? 50);

describe.each(['own', 'haproxy'] as const)(
  'replicas are restarted one after the other, behind %s',
  (balancer) => {
    let world: FaultWorld;

    beforeAll(async () => {
      world = await startFaultWorld({ replicas: 2, people: 30, balancer, env: { IDP_DRAIN_SECONDS: '3' } });
    });
    afterAll(() => world.stop());

    it('R2: no request fails, and each is gone within ten seconds', async () => {
      const load = await startLoad(world, { users: 30, perSecond: 60, seconds: 900 });
      const stops: number[] = [];
      for (let restart = 0; restart < RESTARTS; restart += 1) {
        const index = restart % 2;
        const began = performance.now();
        expect(await world.replicas[index]?.stop()).toBe(0);
        stops.push(performance.now() - began);
        await world.restart(index);
        await world.balancer.waitFor(index, true);
        await sleep(300);
      }
      const ledger = await load.stop();
      const faults = await auditLoad(world, ledger);
      const slowest = Math.max(...stops);
      const failed = ledger.failures().length;
      const figures = `${RESTARTS} restarts, the slowest stop ${slowest.toFixed(0)} ms; ${ledger.summary()}`;
      const passed = failed === 0 && faults.length === 0;
      recordResult({
        row: 'R2',
        deed: `rolling restarts of two replicas, ${balancer} balancer`,
        figures,
        passed,
      });
      expect([ledger.failureKinds(), faults]).toEqual([{}, []]);
      expect(slowest).toBeLessThan(15_000);
    });
  },
);
