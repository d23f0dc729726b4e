import { Fault } from '#kit/errors.ts';

/** Lets a few work at once; a bounded number of others wait for their turn, in the order they came. */
export class Turns {
  readonly #atOnce: number;
  readonly #queueLimit: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  readonly #tally = { waitSeconds: 0, refused: 0 };

  constructor(atOnce: number, queueLimit: number) {
    this.#atOnce = atOnce;
    this.#queueLimit = queueLimit;
  }

  get state(): { waiting: number; waitSeconds: number; refused: number } {
    return { waiting: this.#waiting.length, ...this.#tally };
  }

  /** @throws Fault service_busy when too many wait: then nothing of `work` was done */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#atOnce) await this.#wait();
    else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next)
        next(); // its place is handed on, so that nobody gets in between
      else this.#running -= 1;
    }
  }

  #wait(): Promise<void> {
    if (this.#waiting.length >= this.#queueLimit) {
      this.#tally.refused += 1;
      return Promise.reject(new Fault('service_busy'));
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
