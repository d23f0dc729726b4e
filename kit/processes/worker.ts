import cluster from 'node:cluster';

/** Each second a worker says that its event loop turns. */
export const BEAT_MS = 1000;
export const BEAT = { beat: true };

const WORKERS = /^--workers=(\d+)$/;

/** How many processes share this machine's port; 1 when this one was started by itself. */
export function countWorkers(args = process.argv): number {
  return Number(args.map((arg) => WORKERS.exec(arg)?.[1]).find(Boolean) ?? 1);
}

/** Tells a worker how many there are. */
export const workersArgument = (count: number): string => `--workers=${count}`;

/** Says to whoever started this process that it is ready, and from now on that it lives. */
export function sayReady(details: Record<string, unknown>): void {
  if (!process.send) return;
  process.send({ ready: true, ...details });
  if (!cluster.isWorker) return;
  // a lost primary ends this process by 'disconnect'; until then a failed message means nothing
  setInterval(() => process.send?.(BEAT, undefined, {}, () => {}), BEAT_MS).unref();
}
