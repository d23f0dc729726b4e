import type { Log } from './log.ts';

export interface Job {
  name: string;
  everyMs: number;
  /**
   * `once`: on one replica at a time, the one that leads; its writes are refused when it no longer does.
   * `everywhere`: on each, because it keeps what is in memory fresh, or takes its work from a table row by row.
   */
  runs: 'once' | 'everywhere';
  run: () => Promise<unknown>;
}

/** Another replica has taken the work over: what this one still wanted to write was refused. */
export class TakenOver extends Error {
  override readonly name = 'TakenOver';

  constructor(fence: string) {
    super(`the work of ${fence} was taken over`);
  }
}

/**
 * Runs jobs in turn at their intervals, each never twice at once in this process. A failure is logged and the
 * job is tried again at its next turn.
 * @param leads whether this replica does what runs once
 * @returns `wake` runs a job soon; `stop` waits for what is running
 */
export function startJobs(
  jobs: Job[],
  log: Log,
  leads: () => boolean,
): { wake(name: string): void; stop(): Promise<void> } {
  let stopped = false;
  const lanes = new Map(
    jobs.map((job) => {
      const lane = { job, running: Promise.resolve(), busy: false, again: false };
      return [job.name, lane] as const;
    }),
  );
  type Lane = { job: Job; running: Promise<void>; busy: boolean; again: boolean };
  const turn = (lane: Lane): void => {
    if (stopped || (lane.job.runs === 'once' && !leads())) return;
    if (lane.busy) {
      lane.again = true;
      return;
    }
    lane.busy = true;
    lane.running = lane.job
      .run()
      .then(
        () => undefined,
        (error: unknown) => {
          if (error instanceof TakenOver) log.warn({ job: lane.job.name }, 'job left to another replica');
          else log.error({ err: error, job: lane.job.name }, 'job failed');
        },
      )
      .finally(() => {
        lane.busy = false;
        if (!lane.again) return;
        lane.again = false;
        turn(lane);
      });
  };
  const timers = [...lanes.values()].map((lane) => setInterval(() => turn(lane), lane.job.everyMs));
  return {
    wake(name) {
      const lane = lanes.get(name);
      if (lane) turn(lane);
    },
    async stop() {
      stopped = true;
      timers.forEach((timer) => clearInterval(timer));
      await Promise.all([...lanes.values()].map((lane) => lane.running));
    },
  };
}
