import cluster from 'node:cluster';
import type { Serving } from '../http/serve.ts';
import { serveMetrics } from './metrics-server.ts';
import { type Metrics, createMetrics, mergeMetrics } from './metrics.ts';

interface Question {
  metricsWanted: number;
  /** One worker tells what is the same for all of them. */
  shared: boolean;
}
interface Answer {
  metricsAnswer: number;
  snapshot: object;
}

const PATIENCE_MS = 3000;

/** In a worker: tells its numbers to the primary process, which holds the port. */
export function answerPrimary(metrics: Metrics): void {
  process.on('message', (said: unknown) => {
    if (!(said instanceof Object && 'metricsWanted' in said)) return;
    const { metricsWanted, shared } = said as Question;
    void metrics.snapshot(shared).then((snapshot) => {
      process.send?.({ metricsAnswer: metricsWanted, snapshot } satisfies Answer, undefined, {}, () => {});
    });
  });
}

/**
 * In the primary process: one port for all workers, each under its own label. A worker that does not answer in time
 * is left out of this scrape.
 * @throws ConfigurationError when the port is taken
 */
export function serveWorkerMetrics(port: number, host: string): Promise<Serving> {
  const own = createMetrics({ worker: 'primary' });
  let ended = 0;
  cluster.on('exit', () => (ended += 1));
  own.add(
    {
      ...{ name: 'workers', help: 'Processes behind the port.', kind: 'gauge' },
      read: () => Object.keys(cluster.workers ?? {}).length,
    },
    { name: 'workers_ended_total', help: 'Processes that ended.', kind: 'counter', read: () => ended },
  );
  let asked = 0;
  return serveMetrics(
    async () => {
      asked += 1;
      const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker?.isConnected());
      const answers = workers.map((worker, at) =>
        worker ? askWorker(worker, { metricsWanted: asked, shared: at === 0 }) : undefined,
      );
      const snapshots = await Promise.all([own.snapshot(true), ...answers]);
      return mergeMetrics(snapshots.filter((snapshot) => snapshot !== undefined));
    },
    port,
    host,
  );
}

type Worker = NonNullable<NonNullable<typeof cluster.workers>[string]>;

function askWorker(worker: Worker, question: Question): Promise<object | undefined> {
  return new Promise((resolve) => {
    const done = (snapshot: object | undefined): void => {
      clearTimeout(timer);
      worker.off('message', hear);
      resolve(snapshot);
    };
    const hear = (said: unknown): void => {
      if (!(said instanceof Object && 'metricsAnswer' in said)) return;
      const { metricsAnswer, snapshot } = said as Answer;
      if (metricsAnswer === question.metricsWanted) done(snapshot);
    };
    const timer = setTimeout(() => done(undefined), PATIENCE_MS);
    worker.on('message', hear);
    worker.send(question, (error) => error && done(undefined));
  });
}
