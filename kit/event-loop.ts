/** How late the event loop is, and what it did for long. */
export interface EventLoop {
  /** By how much a timer comes too late now, smoothed over about a second. */
  readonly delayMs: number;
  /** Stretches in which nothing else ran, and their length in sum. */
  readonly blocks: number;
  readonly blockedMs: number;
  /** Whether such a stretch ended a moment ago. */
  wasBlockedLately(): boolean;
  stop(): void;
}

export interface EventLoopOptions {
  /** So long a stretch is told of. */
  blockMs?: number;
  /** Told of each stretch once it is over: work of our own, or the whole process was stopped. */
  onBlocked: (ms: number) => void;
}

const TICK_MS = 50;
const BLOCK_MS = 1000;
const LATELY_MS = 3000;
/** The weight of the newest tick: 20 ticks are a second. */
const SMOOTHING = 0.1;

/** Watches the event loop by a timer that should come every 50 ms, on a clock nobody can set. */
export function watchEventLoop({ blockMs = BLOCK_MS, onBlocked }: EventLoopOptions): EventLoop {
  let last = performance.now();
  let delayMs = 0;
  let blocks = 0;
  let blockedMs = 0;
  let blockedAt = -Infinity;
  const tick = (): void => {
    const now = performance.now();
    const late = Math.max(0, now - last - TICK_MS);
    last = now;
    delayMs += (Math.min(late, BLOCK_MS) - delayMs) * SMOOTHING;
    if (late < blockMs) return;
    blocks += 1;
    blockedMs += late;
    blockedAt = now;
    onBlocked(Math.round(late));
  };
  const timer = setInterval(tick, TICK_MS);
  timer.unref();
  return {
    get delayMs() {
      return delayMs;
    },
    get blocks() {
      return blocks;
    },
    get blockedMs() {
      return blockedMs;
    },
    wasBlockedLately() {
      tick(); // the timer may not have had its turn yet
      return performance.now() - blockedAt < LATELY_MS;
    },
    stop: () => clearInterval(timer),
  };
}
