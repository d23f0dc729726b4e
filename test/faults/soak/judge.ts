import { PROTOCOL_TABLES, type Sample } from './sample.ts';

export interface Verdict {
  what: string;
  figures: string;
  holds: boolean;
}

/** A partition covers a quarter of an hour, and is dropped ten minutes after the last of its rows expired. */
const SETTLED_MINUTES = 27;
const LIFETIME_MINUTES = 25;
/** At best as long as a partition lasts; of a shorter soak, half of what is left. */
const WINDOW_MINUTES = 15;
const SHORTEST_WINDOW_MINUTES = 10;
const MOST_GROWTH = 1.1;
/** 200 for a replica itself, 50 for its hashing process with the memory of a hash. */
const MOST_MB = 250;
const MOST_MB_AN_HOUR = 15;
const MOST_ERRORS = 0.000_01;
const MOST_SLOWER = 1.25;

/** What the samples say. Before half an hour the sizes have not had time to level off, and are not judged. */
export function judge(samples: Sample[]): Verdict[] {
  const last = samples.at(-1)?.minute ?? 0;
  const operations = sum(samples.map(countOf));
  const errors = sum(samples.map((sample) => sample.errors));
  const verdicts = [
    {
      what: 'errors',
      figures: `${errors} of ${operations} operations`,
      holds: errors <= operations * MOST_ERRORS,
    },
    memoryVerdict(samples),
    latencyVerdict(samples),
  ];
  const window = Math.min(WINDOW_MINUTES, (last - SETTLED_MINUTES) / 2);
  if (window >= SHORTEST_WINDOW_MINUTES) verdicts.push(sizeVerdict(samples, last, window));
  return verdicts;
}

/**
 * The highest size of the last window against that of the first after all lifetimes have passed once, both for so many
 * operations as were done in a lifetime before: what a machine has to spare changes within the hour.
 */
function sizeVerdict(samples: Sample[], last: number, window: number): Verdict {
  const perThousand = (sample: Sample): number =>
    protocolBytes(sample) /
    (sum(within(samples, sample.minute - LIFETIME_MINUTES, sample.minute).map(countOf)) / 1000);
  const told = [SETTLED_MINUTES, last - window].map((from) => {
    const part = within(samples, from, from + window);
    return {
      at: `minutes ${from.toFixed(0)}–${(from + window).toFixed(0)}`,
      peak: Math.max(...part.map(protocolBytes)),
      perThousand: Math.max(...part.map(perThousand)),
    };
  });
  const [first, final] = told;
  return {
    what: 'size of the protocol tables and their indexes',
    figures: told
      .map(
        ({ at, peak, perThousand: each }) =>
          `at most ${mb(peak)} in ${at}, ${(each / 2 ** 20).toFixed(2)} MB for 1,000 operations of the ${LIFETIME_MINUTES} minutes before`,
      )
      .join('; '),
    holds: (final?.perThousand ?? 0) <= (first?.perThousand ?? 0) * MOST_GROWTH,
  };
}

function memoryVerdict(samples: Sample[]): Verdict {
  const settled = samples.slice(Math.floor(samples.length / 3));
  const replicas = samples[0]?.memory.map((_mb, at) => settled.map(({ memory }) => memory[at] ?? 0)) ?? [];
  const minutes = settled.map(({ minute }) => minute);
  const slopes = replicas.map((values) => slope(minutes, values) * 60);
  const highest = replicas.map((values) => Math.max(...values));
  const isLong = (minutes.at(-1) ?? 0) >= 30;
  return {
    what: 'memory of each replica with its helpers',
    figures: replicas
      .map(
        (_values, at) =>
          `${(highest[at] ?? 0).toFixed(0)} MB at most, ${(slopes[at] ?? 0).toFixed(1)} MB an hour`,
      )
      .join('; '),
    holds:
      highest.every((value) => value <= MOST_MB) &&
      (!isLong || slopes.every((value) => value <= MOST_MB_AN_HOUR)),
  };
}

/** The p99 of the last third against that of the second, both in units of what the machine did just then. */
function latencyVerdict(samples: Sample[]): Verdict {
  const third = Math.floor(samples.length / 3);
  const parts = [samples.slice(third, 2 * third), samples.slice(2 * third)];
  const kinds = ['sign-in', 'refresh', 'exchange'] as const;
  const rows = kinds.map((kind) => {
    const [before = 0, after = 0] = parts.map((part) =>
      median(part.map(({ operations, calibration }) => operations[kind].p99 / calibration)),
    );
    const [first = 0, final = 0] = parts.map((part) =>
      median(part.map(({ operations }) => operations[kind].p99)),
    );
    return { text: `${kind} ${first.toFixed(0)} → ${final.toFixed(0)} ms`, ratio: after / before };
  });
  return {
    what: 'p99 of the last third against the second',
    figures: rows
      .map(({ text, ratio }) => `${text} (× ${ratio.toFixed(2)} of the machine's speed)`)
      .join('; '),
    holds: rows.every(({ ratio }) => !(ratio > MOST_SLOWER)),
  };
}

export const protocolBytes = ({ bytes }: Sample): number =>
  sum(PROTOCOL_TABLES.map((name) => bytes[name] ?? 0));
export const countOf = ({ operations }: Sample): number =>
  sum(Object.values(operations).map(({ count }) => count));
export const mb = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MB`;

function within(samples: Sample[], from: number, to: number): Sample[] {
  return samples.filter(({ minute }) => minute >= from && minute <= to);
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function median(values: number[]): number {
  return (
    values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ??
    Number.NaN
  );
}

/** Least squares. */
function slope(xs: number[], ys: number[]): number {
  const [mx, my] = [sum(xs) / xs.length, sum(ys) / ys.length];
  const over = sum(xs.map((x, at) => (x - mx) * ((ys[at] ?? my) - my)));
  return over / sum(xs.map((x) => (x - mx) ** 2));
}
