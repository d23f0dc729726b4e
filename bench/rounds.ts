import { Party } from './party.ts';
import { type Load, type Measurement, type Processes, measure } from './measure.ts';
import type { Scenario } from './scenarios.ts';
import type { RunningServer } from './servers/types.ts';

export interface Timing {
  warmUpMs: number;
  durationMs: number;
  rate?: number | undefined;
  counters?: Load['counters'];
}

/** One scenario at one server, with parties of its own. */
export async function runScenario(
  server: RunningServer,
  scenario: Scenario,
  timing: Timing,
  via: (worker: number) => string | undefined = () => undefined,
  processes: Processes = server.processes,
): Promise<Measurement> {
  const { face } = server;
  const client = scenario.client ? face.clients.public : face.clients.confidential;
  const parties = Array.from(
    { length: scenario.connections },
    (_none, n) => new Party(face, n, { client, via: via(n) }),
  );
  try {
    const workers = await Promise.all(parties.map((party) => scenario.prepare(party)));
    return await measure({ ...timing, processes, workers });
  } finally {
    for (const party of parties) party.close();
  }
}

/** Medians of several rounds, and the lowest and highest rate. */
export interface Row extends Measurement {
  lowest: number;
  highest: number;
}

export function summariseRounds(rounds: Measurement[]): Row {
  const of = (pick: (round: Measurement) => number): number => median(rounds.map(pick));
  const names = Object.keys(rounds[0]?.cpu ?? {});
  const rates = rounds.map(({ rate }) => rate);
  const error = rounds.find((round) => round.error !== undefined)?.error;
  return {
    rate: of(({ rate }) => rate),
    p50: of(({ p50 }) => p50),
    p95: of(({ p95 }) => p95),
    p99: of(({ p99 }) => p99),
    cpu: Object.fromEntries(names.map((name) => [name, of(({ cpu }) => cpu[name] ?? 0)])),
    operations: rounds.reduce((sum, { operations }) => sum + operations, 0),
    errors: rounds.reduce((sum, { errors }) => sum + errors, 0),
    ...(error !== undefined && { error }),
    noise: of(({ noise }) => noise),
    lowest: Math.min(...rates),
    highest: Math.max(...rates),
  };
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
