import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { seededRandom } from '#kit/seeded.ts';
import { mutate } from './mutate.ts';

/** A parser of outside input, and a few inputs that it takes. */
export interface Target {
  name: string;
  seeds: readonly Buffer[];
  /** Refusals it knows are its own affair; what it throws is a finding. */
  run(input: Buffer): unknown;
}

export interface Budget {
  seed: number;
  /** Inputs; with `seconds` as many as fit. */
  inputs: number;
  seconds: number;
}

/** So long no input may take. */
const LONGEST_MS = 5000;
const MINIMISING_TRIES = 400;

/** From the environment, as `npm run fuzz` sets it; in the ordinary suite a fixed number of inputs, seed 1. */
export function budgetOf(inputs: number, targets: number): Budget {
  const seconds = Number(process.env['FUZZ_SECONDS'] ?? 0) / targets;
  return { seed: Number(process.env['FUZZ_SEED'] ?? 1), inputs, seconds };
}

/**
 * Runs a target on inputs that the seed alone decides.
 * @returns how many; @throws Error with the smallest input found that fails, as JSON of its latin-1 text
 */
export async function fuzz(target: Target, { seed, inputs, seconds }: Budget): Promise<number> {
  for (const input of target.seeds) await hold(target, input, seed);
  const chance = seededRandom(seed);
  const until = performance.now() + seconds * 1000;
  let done = 0;
  while (seconds > 0 ? performance.now() < until : done < inputs) {
    await hold(target, mutate(target.seeds, chance), seed);
    done += 1;
  }
  return done;
}

async function hold(target: Target, input: Buffer, seed: number): Promise<void> {
  const failure = await failureOf(target, input);
  if (failure === undefined) return;
  const smallest = await minimise(target, input, kindOf(failure));
  throw new Error(
    `${target.name}, seed ${seed}: ${failure}\ninput (latin-1 in JSON): ${JSON.stringify(smallest.toString('latin1'))}`,
  );
}

async function failureOf(target: Target, input: Buffer): Promise<string | undefined> {
  const since = performance.now();
  try {
    await target.run(Buffer.from(input));
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const took = performance.now() - since;
  return took > LONGEST_MS ? `slow: ${Math.round(took)} ms` : undefined;
}

const kindOf = (failure: string): string => failure.split(/[:\n]/)[0] ?? '';

/** Takes away ever smaller pieces as long as it fails in the same way. */
async function minimise(target: Target, input: Buffer, kind: string): Promise<Buffer> {
  let smallest = input;
  let tries = 0;
  for (let size = Math.ceil(input.length / 2); size >= 1 && tries < MINIMISING_TRIES; size = size >> 1) {
    for (let at = 0; at < smallest.length && tries < MINIMISING_TRIES; tries += 1) {
      const shorter = Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + size)]);
      const failure = await failureOf(target, shorter);
      if (failure !== undefined && kindOf(failure) === kind) smallest = shorter;
      else at += size;
    }
  }
  return smallest;
}

/** What is in use of the heap once everything that can go has gone, in MiB. */
export function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
