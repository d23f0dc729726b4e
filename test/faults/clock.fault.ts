import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/replica.ts';
import { readSamples, sumOf } from '../support/scrape.ts';
import { needPackages } from './debian.ts';
import { startLoad } from './load.ts';
import { auditLoad } from './oracle.ts';
import { recordResult } from './report.ts';
import { type FaultWorld, startFaultWorld, wrongClock } from './world.ts';

const readiness = async (world: FaultWorld, replica: number): Promise<number> =>
  (await fetch(`${world.replicaUrls[replica]}/readyz`)).status;

describe('a replica whose clock is wrong', () => {
  beforeAll(() => needPackages('faketime'));

  it.each([
    ['+10s', true],
    ['-10s', true],
    ['+30s', false],
    ['-30s', false],
    ['+5m', false],
    ['-5m', false],
  ])('R21: %s beside one that is right: ready is %s, and nobody notices', async (offset, staysReady) => {
    const world = await startFaultWorld({ replicas: 2, people: 10 });
    try {
      await world.replicas[1]?.stop();
      await world.restart(1, { env: wrongClock(offset) });
      await eventually(async () => {
        expect([await readiness(world, 0), await readiness(world, 1)]).toEqual([200, staysReady ? 200 : 503]);
      }, 15_000);
      if (!staysReady) {
        expect(world.replicas[1]?.output()).toContain("the clock is not the database's");
      }
      await world.balancer.waitFor(1, staysReady);
      const load = await startLoad(world, { users: 8, perSecond: 15, seconds: 60 });
      await sleep(12_000);
      const done = await load.stop();
      const faults = await auditLoad(world, done);
      const passed = done.failures().length === 0 && faults.length === 0;
      const deed = `one of two replicas ${offset} off, ${staysReady ? 'tolerated' : 'taken out of service'}`;
      recordResult({ row: 'R21', deed, figures: done.summary(), passed });
      expect(done.failureKinds()).toEqual({});
      expect(faults).toEqual([]);
    } finally {
      await world.stop();
    }
  });

  it('R21: stepping back an hour and forth again: no storm of timers, out of service, then back', async () => {
    const file = path.join(tmpdir(), `faketime-${process.pid}`);
    writeFileSync(file, '+0\n');
    const metricsPort = await freePort();
    const world = await startFaultWorld({
      replicas: 1,
      people: 1,
      launch: () => ({
        env: {
          ...wrongClock('+0'),
          FAKETIME: undefined,
          FAKETIME_TIMESTAMP_FILE: file,
          FAKETIME_NO_CACHE: '1',
          IDP_METRICS_PORT: String(metricsPort),
        },
      }),
    });
    const runs = async () =>
      sumOf(await readSamples(`http://127.0.0.1:${metricsPort}/metrics`), 'job_runs_total', {});
    const rate = async (seconds: number): Promise<number> => {
      const before = await runs();
      await sleep(seconds * 1000);
      return ((await runs()) - before) / seconds;
    };
    try {
      await eventually(async () => expect(await readiness(world, 0)).toBe(200), 15_000);
      const calm = await rate(8);
      writeFileSync(file, '-3600\n');
      const stepped = await rate(8);
      await eventually(async () => expect(await readiness(world, 0)).toBe(503), 10_000);
      writeFileSync(file, '+0\n');
      const back = await rate(8);
      await eventually(async () => expect(await readiness(world, 0)).toBe(200), 10_000);
      const figures = `job runs a second: ${calm.toFixed(1)} before, ${stepped.toFixed(1)} after the step back, ${back.toFixed(1)} after the step forth`;
      const passed = stepped < calm * 1.5 + 1 && back < calm * 1.5 + 1;
      recordResult({ row: 'R21', deed: 'clock steps back an hour and forth again', figures, passed });
      expect(passed).toBe(true);
    } finally {
      await world.stop();
    }
  });
});
