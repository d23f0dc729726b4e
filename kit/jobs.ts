import type { Log } from './log.ts';

export interface Job {
  name: string;
  everyMs: number;
  run: () => Promise<unknown>;
}

/**
 * Runs jobs in turn at their intervals, each never twice at once in this process. A failure is logged and the
 * job is tried again at its next turn.
 * @returns `wake` runs a job soon; `stop` waits for what is running
 */
export function startJobs(jobs: Job[], log: Log): { wake(name: string): void; stop(): Promise<void> } {
  let stopped = false;
  const lanes = new Map(
    jobs.map((job) => {
      const lane = { job, running: Promise.resolve(), busy: false, again: false };
      return [job.name, lane] as const;
    }),
  );
  type Lane = { job: Job; running: Promise<void>; busy: boolean; again: boolean };
  const turn = (lane: Lane): void => {
    if (stopped) return;
    if (lane.busy) {
      lane.again = true;
      return;
    }
    lane.busy = true;
    lane.running = lane.job
      .run()
      .then(
        () => undefined,
        (error: unknown) => log.error({ err: error, job: lane.job.name }, 'job failed'),
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
