import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { judge } from '../test/faults/soak/judge.ts';
import { writeReport } from '../test/faults/soak/report.ts';
import { type Sample, openSampler } from '../test/faults/soak/sample.ts';
import { Crew } from '../test/faults/soak/work.ts';
import { startBenchWorld } from './world.ts';

/*
 * npm run bench -- --soak [--minutes 60]
 *
 * Sign-ins, refreshes, switches and silent sign-ins without a pause at one replica, hours of life made minutes: whether
 * tables, memory and latency level off. `docs/soak.md` holds the longer one of the fault suite, at two replicas.
 */
const PEOPLE = 16;
const LIFETIMES = {
  SESSION_IDLE_SECONDS: '90',
  SESSION_ABSOLUTE_SECONDS: '240',
  ACCESS_TOKEN_SECONDS: '60',
  RETENTION_LOGOUT_DAYS: '1',
};

/** @returns whether all of it levelled off */
export async function benchSoak(args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: { soak: { type: 'boolean' }, minutes: { type: 'string', default: '60' } },
  });
  const minutes = Math.min(600, Number(values.minutes));
  const sliceMs = Math.min(60_000, Math.max(5000, (minutes * 60_000) / 120));
  const world = await startBenchWorld(PEOPLE, { settings: LIFETIMES });
  const crew = new Crew(world, PEOPLE);
  const samples: Sample[] = [];
  const faults = new Map<string, number>();
  try {
    const sampler = await openSampler(world.databaseUrl, () => ({
      replicas: [world.idpPid],
      postgres: world.databasePid ?? 0,
    }));
    for (const end = performance.now() + minutes * 60_000; performance.now() < end;) {
      await sleep(sliceMs);
      const tally = crew.take();
      for (const error of tally.errors) faults.set(error, (faults.get(error) ?? 0) + 1);
      samples.push(await sampler.take(tally));
    }
    await sampler.close();
  } finally {
    await crew.end();
    await world.stop();
  }
  const verdicts = judge(samples);
  const file = writeReport(samples, verdicts, LIFETIMES);
  for (const { what, figures, holds } of verdicts) {
    process.stdout.write(`${what}: ${figures}; ${holds ? 'holds' : 'DOES NOT HOLD'}\n`);
  }
  for (const [error, times] of faults) process.stderr.write(`${times} × ${error}\n`);
  process.stdout.write(`${file}\n`);
  return verdicts.every(({ holds }) => holds);
}
