import { Fault } from '#kit/errors.ts';

/** What the latest one counts for in the mean. */
const LATEST = 0.1;
/** So that those who are sent away do not all come back at once. */
const spreadSeconds = (): number => Math.floor(Math.random() * 4);

export interface TurnsOptions {
  /** So many work at once while few come. */
  atOnce: number;
  /** So many from when more than `crowd` wait until nobody does. */
  atOnceInCrowd: number;
  crowd: number;
  /** Beyond so many in line callers are told to come back. */
  queueLimit: number;
}

/** Lets a few work at once; a bounded number of others wait for their turn, in the order they came. */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #isCrowded = false;
  readonly #tally = { waitSeconds: 0, refused: 0 };
  /** How long one has taken lately. */
  #meanSeconds = 0.05;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  get isCrowded(): boolean {
    return this.#isCrowded;
  }

  get state(): { waiting: number; waitSeconds: number; refused: number } {
    return { waiting: this.#waiting.length, ...this.#tally };
  }

  /** @throws Fault service_busy when too many wait, with the `seconds` until the line is through: nothing of `work` was done */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#atOnce) this.#running += 1;
    else await this.#wait();
    const since = performance.now();
    try {
      return await work();
    } finally {
      this.#meanSeconds += LATEST * ((performance.now() - since) / 1000 - this.#meanSeconds);
      this.#running -= 1;
      this.#handOn();
    }
  }

  get #atOnce(): number {
    const { atOnce, atOnceInCrowd } = this.#options;
    return this.#isCrowded ? atOnceInCrowd : atOnce;
  }

  /** Free places are taken right away, so that nobody gets in between. */
  #handOn(): void {
    while (this.#running < this.#atOnce) {
      const next = this.#waiting.shift();
      if (!next) return;
      if (this.#waiting.length === 0) this.#isCrowded = false;
      this.#running += 1;
      next();
    }
  }

  #wait(): Promise<void> {
    const { queueLimit, crowd } = this.#options;
    if (this.#waiting.length >= queueLimit) {
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
      if (this.#waiting.length > crowd) this.#isCrowded = true;
    });
  }
}
