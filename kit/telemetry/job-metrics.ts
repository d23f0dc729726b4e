import type { Job } from '../jobs.ts';
import type { Metrics } from './metrics.ts';

interface Tally {
  runs: number;
  failures: number;
  seconds: number;
  lastSuccess: number;
}

/** The same jobs, counted: runs, failures, time spent and when each last succeeded. */
export function countJobs(jobs: Job[], metrics: Metrics): Job[] {
  const tallies = new Map<string, Tally>();
  const each = (pick: (tally: Tally) => number) => () =>
    [...tallies].map(([job, tally]) => [{ job }, pick(tally)] as const);
  const labels = ['job'];
  metrics.add(
    { name: 'job_runs_total', help: 'Runs of a job.', kind: 'counter', labels, read: each((t) => t.runs) },
    {
      ...{ name: 'job_failures_total', help: 'Runs that failed.', kind: 'counter', labels },
      read: each((t) => t.failures),
    },
    {
      ...{ name: 'job_seconds_total', help: 'Time spent in a job.', kind: 'counter', labels },
      read: each((t) => t.seconds),
    },
    {
      ...{
        name: 'job_last_success_timestamp_seconds',
        help: 'When a job last succeeded, or this process began.',
        kind: 'gauge',
        labels,
      },
      read: each((t) => t.lastSuccess),
    },
    {
      ...{ name: 'job_interval_seconds', help: 'How often a job is due.', kind: 'gauge', labels },
      read: () => jobs.map((job) => [{ job: job.name }, job.everyMs / 1000] as const),
    },
  );
  return jobs.map((job) => {
    const tally = { runs: 0, failures: 0, seconds: 0, lastSuccess: Date.now() / 1000 };
    tallies.set(job.name, tally);
    return { ...job, run: () => counted(job, tally) };
  });
}

async function counted(job: Job, tally: Tally): Promise<unknown> {
  const began = performance.now();
  try {
    const result = await job.run();
    tally.lastSuccess = Date.now() / 1000;
    return result;
  } catch (error) {
    tally.failures += 1;
    throw error;
  } finally {
    tally.runs += 1;
    tally.seconds += (performance.now() - began) / 1000;
  }
}
