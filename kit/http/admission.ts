import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasBody } from './body-deadline.ts';

/** How pressed a process is. */
export interface Pressure {
  /** Requests being worked on: all of it has come in, the answer is not made yet. */
  underWay: number;
  limit: number;
  /** How late the event loop is. */
  delayMs: number;
}

/** Beginnings are refused first: whoever is halfway through should get to the end. */
export type Stage = 'beginning' | 'going_on';

const BEGINNINGS_SHARE = 0.6;
/** A late event loop alone is a busy machine; with a queue before it, it is a queue that grows. */
const QUEUE = 10;
/** A body usually comes with its headers. */
const BODY_GRACE_MS = 250;
const LATE_MS: Record<Stage, number> = { beginning: 200, going_on: 400 };

/** Whether one more request is worked on, or told to come back: refused early costs a tenth of answered late. */
export function decideAdmission({ underWay, limit, delayMs }: Pressure, stage: Stage): boolean {
  if (underWay >= (stage === 'beginning' ? limit * BEGINNINGS_SHARE : limit)) return false;
  return delayMs < LATE_MS[stage] || underWay < QUEUE;
}

/** Counts what is worked on, and turns away what would be too much. */
export class Admission {
  readonly #limit: number;
  readonly #delayMs: () => number;
  #underWay = 0;
  /** Requests turned away so far. */
  readonly refused: Record<Stage, number> = { beginning: 0, going_on: 0 };

  constructor(limit: number, delayMs: () => number) {
    this.#limit = limit;
    this.#delayMs = delayMs;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** @returns whether to work on it; then it is counted until its answer is made */
  admit(req: IncomingMessage, res: ServerResponse, stage: Stage): boolean {
    const pressure = { underWay: this.#underWay, limit: this.#limit, delayMs: this.#delayMs() };
    if (!decideAdmission(pressure, stage)) {
      this.refused[stage] += 1;
      return false;
    }
    const place = this.#take(res);
    // a body that trickles in, or an answer that is read slowly, takes no work and so no place for long
    if (hasBody(req) && !req.complete) {
      const timer = setTimeout(() => {
        if (!req.complete) place.leave();
      }, BODY_GRACE_MS);
      req.once('end', () => {
        clearTimeout(timer);
        place.enter();
      });
      res.once('close', () => clearTimeout(timer));
    }
    return true;
  }

  #take(res: ServerResponse): { enter(): void; leave(): void } {
    let inside = false;
    let made = false;
    const enter = (): void => {
      if (!inside && !made) this.#underWay += 1;
      inside = !made;
    };
    const leave = (): void => {
      if (inside) this.#underWay -= 1;
      inside = false;
    };
    const end = (): void => {
      leave();
      made = true;
    };
    res.once('prefinish', end);
    res.once('close', end);
    enter();
    return { enter, leave };
  }
}

/** Seconds after which to come back, spread so that not all do at once. */
export function retryAfterSeconds(random = Math.random()): number {
  return 1 + Math.floor(random * 4);
}
