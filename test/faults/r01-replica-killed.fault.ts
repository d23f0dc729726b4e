import { setTimeout as sleep } from 'node:timers/promises';
import { type Load, startLoad } from './load.ts';
import { auditLoad } from './oracle.ts';
import { recordResult } from './report.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

const KILLS = Number(process.env['FAULT_KILLS'] ?? 20);
/** One kill in a minute of this load may cost so many of its requests. */
const MOST_FAILED = 0.001;

describe.each(['own', 'haproxy'] as const)('a replica is killed again and again, behind %s', (balancer) => {
  let world: FaultWorld;

  beforeAll(async () => {
    world = await startFaultWorld({ replicas: 2, people: 30, balancer });
  });
  afterAll(() => world.stop());

  it('R1: at most a second of errors each time, no session lost, nothing used twice', async () => {
    const load: Load = await startLoad(world, { users: 30, perSecond: 60, seconds: 300 });
    const spans: number[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      await sleep(500 + Math.random() * 2000);
      const victim = kill % 2;
      const at = load.now();
      await world.replicas[victim]?.kill();
      await sleep(1000);
      await world.restart(victim);
      await world.balancer.waitFor(victim, true);
      await sleep(1000);
      spans.push(load.ledger.errorSpanMs(at));
    }
    const ledger = await load.stop();
    const worst = Math.max(...spans);
    const share = (ledger.failures().length / KILLS / ledger.requests.length) * (ledger.now() / 60_000);
    const faults = await auditLoad(world, ledger);
    const perKill = (ledger.failures().length / KILLS).toFixed(1);
    const figures =
      `${KILLS} kills: longest span of errors ${worst.toFixed(0)} ms, ${perKill} failed requests a kill (${(share * 100).toFixed(3)} % of a minute's); ` +
      `${ledger.resumed} sign-ins went on, ${ledger.restarted} began anew; ${ledger.summary()}`;
    const passed = worst <= 1000 && share <= MOST_FAILED && faults.length === 0;
    recordResult({
      row: 'R1',
      deed: `kill -9 of one of two replicas, ${balancer} balancer`,
      figures,
      passed,
    });
    if (!passed)
      process.stderr.write(`${JSON.stringify(ledger.failureKinds())} ${spans.map(Math.round).join()}\n`);
    expect(faults).toEqual([]);
    expect(worst).toBeLessThanOrEqual(1000);
    expect(share).toBeLessThanOrEqual(MOST_FAILED);
  });
});
