const SHAPE = /^[\w./:*+-]{1,120}$/;

/** Keeps the values of a label few: beyond `limit` different ones, and for odd ones, it says `other`. */
export class Bounded {
  readonly #known = new Set<string>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  take(value: string): string {
    if (this.#known.has(value)) return value;
    if (this.#known.size >= this.#limit || !SHAPE.test(value)) return 'other';
    this.#known.add(value);
    return value;
  }
}
