import cluster from 'node:cluster';
import type { RequestListener } from 'node:http';
import type { Job } from '../jobs.ts';
import { type Log, logState, rawLog } from '../log.ts';
import { fetchWithin } from './outgoing.ts';
import { currentRequest } from './request-record.ts';
import type { Tracing } from './tracing.ts';
import { accessLog } from './access-log.ts';
import { countJobs } from './job-metrics.ts';
import { serveMetrics } from './metrics-server.ts';
import { type Metrics, type Reading, createMetrics } from './metrics.ts';
import { answerPrimary } from './worker-metrics.ts';
import { observeRequests } from './observe.ts';
import { requestMetrics } from './request-metrics.ts';
import type { TelemetryConfig } from './settings.ts';
import type { FinishedRequest } from './types.ts';

/** How one process is seen from outside: its log of requests, its metrics, its traces. */
export interface Telemetry {
  /** @param listener whose requests are logged, counted and traced */
  observe(listener: RequestListener): RequestListener;
  jobs(jobs: Job[]): Job[];
  /** Numbers kept elsewhere; asked for only when the metrics are. */
  add(...readings: Reading[]): void;
  /** Tells of every finished request. */
  onRequest(tell: (request: FinishedRequest) => void): void;
  /** Spans of the statements that a request sends, where requests are traced. */
  observeStatement: ((text: string) => ((failed: boolean) => void) | undefined) | undefined;
  /** For calls of other programs of ours: passes the request's id and trace on. */
  fetch: ReturnType<typeof fetchWithin>;
  stop(): Promise<void>;
}

const LOG_READINGS: Reading[] = [
  {
    name: 'log_lines_dropped_total',
    help: 'Log lines lost because their reader stood still.',
    kind: 'counter',
    read: () => logState().dropped,
  },
  {
    name: 'log_waiting_bytes',
    help: 'What waits for the reader of the log.',
    kind: 'gauge',
    read: () => logState().waitingBytes,
  },
];

/** @throws ConfigurationError when the port of the metrics is taken */
export async function startTelemetry(config: TelemetryConfig, log: Log): Promise<Telemetry> {
  const onFinished = [accessLog(log, rawLog(log))];
  const { worker } = cluster;
  const metrics =
    config.metrics.port === undefined
      ? undefined
      : createMetrics(worker ? { worker: String(worker.id) } : {});
  metrics?.add(...LOG_READINGS);
  if (metrics) onFinished.push(requestMetrics(metrics));
  const tracing = await startTracing(config);
  if (tracing) metrics?.add(...tracingReadings(tracing));
  const serving = metrics && (await serveText(metrics, config.metrics));
  return {
    observe: (listener) =>
      observeRequests(listener, {
        trustedProxyHops: config.trustedProxyHops,
        tracer: tracing?.tracer,
        onFinished,
      }),
    jobs: (jobs) => (metrics ? countJobs(jobs, metrics) : jobs),
    add: (...readings) => metrics?.add(...readings),
    onRequest: (tell) => void onFinished.push(tell),
    observeStatement: tracing && statementSpans(tracing),
    fetch: fetchWithin(tracing?.tracer),
    async stop() {
      await tracing?.stop();
      await serving?.stop({ graceMs: 0 });
    },
  };
}

/** The library is loaded only by those who send traces somewhere. */
async function startTracing({ service, traces }: TelemetryConfig): Promise<Tracing | undefined> {
  if (traces.endpoint === undefined) return undefined;
  const { openTracing } = await import('./tracing.ts');
  return openTracing(service, traces.endpoint, traces.share);
}

function statementSpans({ tracer }: Tracing): Telemetry['observeStatement'] {
  return (text) => {
    const parent = currentRequest()?.span;
    const span = parent && tracer.startStatement(text, parent);
    return span && ((failed) => span.end({ failed }));
  };
}

function tracingReadings(tracing: Tracing): Reading[] {
  return [
    {
      ...{ name: 'trace_spans_sent_total', help: 'Spans the collector took.', kind: 'counter' },
      read: () => tracing.state.sent,
    },
    {
      ...{ name: 'trace_spans_dropped_total', help: 'Spans it never got.', kind: 'counter' },
      read: () => tracing.state.dropped,
    },
  ];
}

/** A port of its own; of several processes behind one port, the primary one holds that of the metrics too. */
async function serveText(metrics: Metrics, { port, host }: TelemetryConfig['metrics']) {
  if (!cluster.isWorker) return serveMetrics(() => metrics.text(), port ?? 0, host);
  answerPrimary(metrics);
  return undefined;
}
