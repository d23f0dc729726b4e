import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { section, whole } from '../settings.ts';

const shape = {
  PROCESSES: z.coerce
    .number()
    .int()
    .min(1)
    .max(256)
    .optional()
    .describe('processes that `npm run serve` keeps behind one port; one a core without it'),
  DRAIN_SECONDS: z.coerce
    .number()
    .int()
    .min(0)
    .max(300)
    .default(5)
    .describe(
      'how long it goes on serving after SIGTERM while `/readyz` says 503: longer than the balancer takes to notice',
    ),
  CONNECTIONS: z.coerce
    .number()
    .int()
    .min(10)
    .max(100_000)
    .default(4000)
    .describe('connections of clients, at most, a process; fewer where it may not open so many files'),
  REQUESTS_AT_ONCE: z.coerce
    .number()
    .int()
    .min(10)
    .max(10_000)
    .default(250)
    .describe('requests under way, at most, a process; beyond it they are answered 503 with `Retry-After`'),
  HANG_SECONDS: z.coerce
    .number()
    .int()
    .min(2)
    .max(600)
    .default(15)
    .describe('a process that says nothing for so long is killed and replaced by `npm run serve`'),
  HEAP_MB: whole(512, 65_536).describe('JavaScript heap, at most, of a process of `npm run serve`'),
};

type Shape = typeof shape;
type Prefixed<P extends string> = { [Name in keyof Shape as `${P}_${Name}`]: Shape[Name] };

/** The settings of a program's processes, each name led by the program's prefix. */
export function processSection<P extends string>(prefix: P) {
  const settings = Object.fromEntries(
    Object.entries(shape).map(([name, type]) => [`${prefix}_${name}`, type]),
  ) as Prefixed<P>;
  return section({ title: 'Processes and limits', settings: settings as z.ZodRawShape & Prefixed<P> });
}

export type ProcessSettings = ReturnType<typeof processSettings>;

/** What the settings of `processSection` say. */
export function processSettings(env: object, prefix: string) {
  const values = Object.fromEntries(
    Object.keys(shape).map((name) => [name, (env as Record<string, unknown>)[`${prefix}_${name}`]]),
  ) as z.output<z.ZodObject<Shape>>;
  return {
    count: values.PROCESSES ?? availableParallelism(),
    drainMs: values.DRAIN_SECONDS * 1000,
    connections: values.CONNECTIONS,
    requestsAtOnce: values.REQUESTS_AT_ONCE,
    hangMs: values.HANG_SECONDS * 1000,
    heapMb: values.HEAP_MB,
  };
}
