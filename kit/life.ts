import type { StopOptions } from './http/serve.ts';
import { failRequest } from './http/request-scope.ts';
import type { Log } from './log.ts';

/** A program that can be asked to end. */
export interface Living {
  stop(options: StopOptions): Promise<void>;
  /** Cuts a stop that is going on short. */
  hurry(): void;
}

export interface LifeOptions {
  /** How long a signal leaves it serving while balancers turn away. */
  drainMs: number;
  /** From a stop's beginning to the end of the process, whatever still runs. */
  longestMs?: number;
}

/** sysexits.h EX_SOFTWARE: ended by an error nobody caught. */
export const EX_SOFTWARE = 70;
/** From the primary process: another worker has taken over, the port stays open. */
export const RETIRE = { retire: true };
/** From the primary process: end now, nobody waits any more. */
export const HURRY = { hurry: true };

const GRACE_MS = 10_000;
const CLOSING_MS = 5000;
const LINGER_MS = 1000;
/** How long a stop may take beyond its drain before it is cut off. */
export const STOP_MS = LINGER_MS + GRACE_MS + CLOSING_MS;
/** Ctrl-C reaches a process group by the terminal and by npm: that is one wish, not two. */
const SAME_WISH_MS = 1000;

/**
 * Ends `program` as it is asked to. A signal: readiness off, drained, requests finished, exit 0; a second one hurries.
 * Retired by the primary process or left by its starter: the same without the drain. An exception nobody caught: the
 * same, exit 70, because nobody knows what it left behind. A rejection nobody caught: its request is answered 500,
 * it is logged once, and the program goes on.
 */
export function endWhenAsked(program: Living, log: Log, { drainMs, longestMs }: LifeOptions): void {
  let askedAt: number | undefined;
  const end = async (options: StopOptions, exitCode: number): Promise<void> => {
    if (askedAt !== undefined) return;
    askedAt = performance.now();
    process.exitCode = exitCode;
    const longest = longestMs ?? (options.drainMs ?? 0) + STOP_MS;
    setTimeout(() => {
      log.warn('what still ran was abandoned');
      process.exit();
    }, longest).unref();
    await program.stop({ graceMs: GRACE_MS, ...options }).catch((error: unknown) => {
      log.error({ err: error }, 'the stop failed');
    });
    process.exit();
  };
  const signal = (): void => {
    if (askedAt === undefined) void end({ drainMs }, 0);
    else if (performance.now() - askedAt > SAME_WISH_MS) program.hurry();
  };
  process.on('SIGTERM', signal);
  process.on('SIGINT', signal);
  process.on('disconnect', () => void end({}, 0));
  process.on('message', (said) => {
    if (said instanceof Object && 'retire' in said) void end({ lingerMs: LINGER_MS }, 0);
    if (said instanceof Object && 'hurry' in said) program.hurry();
  });
  process.on('uncaughtException', (error, origin) => {
    log.fatal({ err: error, origin }, 'an exception nobody caught: ending');
    failRequest();
    void end({}, EX_SOFTWARE);
  });
  process.on('unhandledRejection', (reason) => {
    failRequest(); // its id is in the line, its address may hold what nobody may read
    log.error({ err: reason }, 'a rejection nobody caught');
  });
}
