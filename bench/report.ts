import type { Measurement } from './measure.ts';

export interface Row {
  scenario: string;
  /** Medians over the rounds. */
  median: Measurement;
  /** Lowest and highest rate of a round. */
  lowest: number;
  highest: number;
}

export function summariseRounds(scenario: string, rounds: Measurement[]): Row {
  const median = (pick: (round: Measurement) => number): number => {
    const sorted = rounds.map(pick).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  };
  const rates = rounds.map(({ rate }) => rate);
  return {
    scenario,
    median: {
      rate: median(({ rate }) => rate),
      p50: median(({ p50 }) => p50),
      p99: median(({ p99 }) => p99),
      serverCpu: median(({ serverCpu }) => serverCpu),
      databaseCpu: median(({ databaseCpu }) => databaseCpu),
      errors: rounds.reduce((sum, { errors }) => sum + errors, 0),
      noise: median(({ noise }) => noise),
    },
    lowest: Math.min(...rates),
    highest: Math.max(...rates),
  };
}

const HEAD = ['scenario', '/s', 'range', 'p50 ms', 'p99 ms', 'server µs', 'PostgreSQL µs', 'errors', 'noisy'];

/** A Markdown table. */
export function toTable(rows: Row[]): string {
  const cells = rows.map(({ scenario, median, lowest, highest }) => [
    scenario,
    whole(median.rate),
    `${whole(lowest)}–${whole(highest)}`,
    median.p50.toFixed(2),
    median.p99.toFixed(1),
    whole(median.serverCpu),
    whole(median.databaseCpu),
    String(median.errors),
    `${Math.round(median.noise * 100)} %`,
  ]);
  const widths = HEAD.map((head, at) => Math.max(head.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: string[]): string =>
    `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(HEAD), rule, ...cells.map(line)].join('\n');
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
