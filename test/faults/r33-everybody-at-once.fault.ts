import { setTimeout as sleep } from 'node:timers/promises';
import { databaseAway } from './injections.ts';
import { Ledger } from './ledger.ts';
import { LoadUser } from './load-user.ts';
import { startLoad } from './load.ts';
import { auditLoad } from './oracle.ts';
import { recordResult } from './report.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

const STEADY = 20;
const CROWD = Number(process.env['FAULT_CROWD'] ?? 500);
const OUTAGE_SECONDS = 10;
const WINDOW_MS = 5000;

describe('the database comes back', () => {
  let world: FaultWorld;

  beforeAll(async () => {
    world = await startFaultWorld({ replicas: 2, people: STEADY + CROWD });
  });
  afterAll(() => world.stop());

  it('R33: hundreds sign in at once and all get in; those at work are served as before within 30 s', async () => {
    const load = await startLoad(world, { users: STEADY, perSecond: 20, seconds: 300 });
    await sleep(10_000);
    const usual = load.ledger.percentile(0.99, ({ at }) => at > load.now() - 10_000);
    await databaseAway(OUTAGE_SECONDS)(world);
    const back = load.now();

    // R34: none of them waits as long as it is told to
    const crowd = new Ledger();
    const people = Array.from(
      { length: CROWD },
      (_none, at) => new LoadUser(world, STEADY + at, crowd, () => false),
    );
    const began = performance.now();
    const arrived: number[] = [];
    await Promise.all(
      people.map(async (person) => {
        await person.signIn();
        arrived.push(performance.now() - began);
      }),
    );
    const all = Math.max(...arrived);
    await sleep(Math.max(0, 35_000 - all));
    const ledger = await load.stop();
    for (const person of people) person.close();

    const steadyAfter = [0, 5, 10, 15, 20, 25, 30].find((second) => {
      const from = back + second * 1000;
      const isWithin = ({ at }: { at: number }): boolean => at >= from && at < from + WINDOW_MS;
      return (
        ledger.percentile(0.99, isWithin) <= Math.max(1000, usual * 2) &&
        ledger.failedShare(from, from + WINDOW_MS) === 0
      );
    });
    const signedIn = crowd.signIns.filter(({ done }) => done === 'yes').length;
    const faults = [...(await auditLoad(world, ledger.with(crowd)))];
    const shed = crowd.failures().length;
    const passed = signedIn === CROWD && steadyAfter !== undefined && faults.length === 0;
    const figures =
      `${signedIn} of ${CROWD} signed in within ${(all / 1000).toFixed(1)} s, ${shed} of their ${crowd.requests.length} requests turned away; ` +
      `p99 of those at work ${usual.toFixed(0)} ms before, steady again ${steadyAfter ?? 'more than 30'} s after`;
    recordResult({
      row: 'R33',
      deed: `${CROWD} sign in as a database outage of ${OUTAGE_SECONDS} s ends`,
      figures,
      passed,
    });
    if (shed > 0) {
      recordResult({ row: 'R34', deed: `${CROWD} clients try again at once when refused`, figures, passed });
    }
    expect(faults).toEqual([]);
    expect(signedIn).toBe(CROWD);
    expect(steadyAfter).toBeDefined();
    expect(world.replicas.map(({ pid }) => pid > 0)).toEqual([true, true]);
  });
});
