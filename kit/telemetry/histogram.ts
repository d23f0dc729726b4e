import type { Labels } from './metrics.ts';

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Cell {
  labels: Labels;
  counts: Float64Array;
  sum: number;
}

/** Durations in seconds, counted in buckets: to take one in must cost next to nothing, to tell them may take longer. */
export class Histogram {
  readonly #cells = new Map<string, Cell>();
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly name: string;
  readonly help: string;

  constructor(name: string, help: string) {
    this.name = name;
    this.help = help;
  }

  /** @param key one for each combination of labels */
  observe(key: string, seconds: number, labels: () => Labels): void {
    let cell = this.#cells.get(key);
    if (!cell) {
      cell = { labels: labels(), counts: new Float64Array(BOUNDS.length + 1), sum: 0 };
      this.#cells.set(key, cell);
    }
    let at = 0;
    while (at < BOUNDS.length && seconds > (BOUNDS[at] ?? 0)) at += 1;
    cell.counts[at] = (cell.counts[at] ?? 0) + 1;
    cell.sum += seconds;
  }

  /** As the library's own metrics tell their values. */
  get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    const values = [...this.#cells.values()].flatMap(({ labels, counts, sum }) => {
      let total = 0;
      const buckets = [...counts].map((count, at) => {
        total += count;
        return {
          labels: { le: BOUNDS[at] ?? '+Inf', ...labels },
          value: total,
          metricName: `${name}_bucket`,
        };
      });
      return [
        ...buckets,
        { labels, value: sum, metricName: `${name}_sum` },
        { labels, value: total, metricName: `${name}_count` },
      ];
    });
    return Promise.resolve({ name, help, type, aggregator, values });
  }

  reset(): void {
    this.#cells.clear();
  }
}
