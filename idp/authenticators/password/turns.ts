import { Fault } from '#kit/errors.ts';

/** What the latest one counts for in the mean. */
const LATEST = 0.1;
/** So that those who are sent away do not all come back at once. */
const spreadSeconds = (): number => Math.floor(Math.random() * 4);

/** Lets a few work at once; a bounded number of others wait for their turn, in the order they came. */
export class Turns {
  readonly #atOnce: number;
  readonly #queueLimit: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  readonly #tally = { waitSeconds: 0, refused: 0 };
  /** How long one has taken lately. */
  #meanSeconds = 0.05;

  constructor(atOnce: number, queueLimit: number) {
    this.#atOnce = atOnce;
    this.#queueLimit = queueLimit;
  }

  get state(): { waiting: number; waitSeconds: number; refused: number } {
    return { waiting: this.#waiting.length, ...this.#tally };
  }

  /** @throws Fault service_busy when too many wait, with the `seconds` until the line is through: nothing of `work` was done */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#atOnce) await this.#wait();
    else this.#running += 1;
    const since = performance.now();
    try {
      return await work();
    } finally {
      this.#meanSeconds += LATEST * ((performance.now() - since) / 1000 - this.#meanSeconds);
      const next = this.#waiting.shift();
      if (next)
        next(); // its place is handed on, so that nobody gets in between
      else this.#running -= 1;
    }
  }

  #wait(): Promise<void> {
    if (this.#waiting.length >= this.#queueLimit) {
      this.#tally.refused += 1;
      const inLine = (this.#waiting.length * this.#meanSeconds) / this.#atOnce;
      return Promise.reject(new Fault('service_busy', { seconds: Math.ceil(inLine) + spreadSeconds() }));
    }
    return new Promise((resolve) => {
      const since = performance.now();
      this.#waiting.push(() => {
        this.#tally.waitSeconds += (performance.now() - since) / 1000;
        resolve();
      });
    });
  }
}
