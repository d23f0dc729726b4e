import client from 'prom-client';
import type { Histogram } from './histogram.ts';

export type Labels = Record<string, string>;
/** One number, or one for each combination of labels. */
export type Samples = number | Iterable<readonly [Labels, number]>;

/** A number kept elsewhere, read when somebody asks for the metrics. */
export interface Reading {
  name: string;
  help: string;
  kind: 'counter' | 'gauge';
  labels?: readonly string[];
  /** The same in every process: of several behind one port, one tells it. */
  shared?: boolean;
  read: () => Samples | Promise<Samples>;
}

/** Everything one process tells Prometheus. */
export interface Metrics {
  add(...readings: Reading[]): void;
  register(histogram: Histogram): void;
  /** Prometheus text exposition format. */
  text(): Promise<string>;
  /** For whoever merges what several processes tell, see `mergeMetrics`. */
  snapshot(withShared: boolean): Promise<object>;
}

export const CONTENT_TYPE = client.Registry.PROMETHEUS_CONTENT_TYPE;

/**
 * A registry with the numbers every Node process has: CPU, memory, event loop, garbage collection.
 * @param common labels on everything, e.g. which of several processes behind one port
 */
export function createMetrics(common: Labels = {}): Metrics {
  const registry = new client.Registry();
  registry.setDefaultLabels(common);
  client.collectDefaultMetrics({ register: registry });
  let tellsShared = true;
  return {
    add(...readings) {
      for (const { kind, name, help, labels = [], shared = false, read } of readings) {
        const kindOf = kind === 'counter' ? client.Counter : client.Gauge;
        const made = new kindOf({
          ...{ name, help, labelNames: [...labels], registers: [] },
          async collect() {
            const samples = shared && !tellsShared ? [] : await read();
            this.reset();
            if (typeof samples === 'number') this.inc(samples);
            else for (const [at, value] of samples) this.inc(at, value);
          },
        });
        registry.registerMetric(made);
      }
    },
    register: (histogram) => registry.registerMetric(histogram as never),
    text: () => registry.metrics(),
    snapshot(withShared) {
      tellsShared = withShared;
      return registry.getMetricsAsJSON();
    },
  };
}

/** The snapshots of several processes as one text. */
export function mergeMetrics(snapshots: object[]): Promise<string> {
  return client.AggregatorRegistry.aggregate(snapshots).metrics();
}
