/** Told of each statement as it is sent, by its text, never its values. What it returns is told the end. */
export type StatementObserver = (text: string) => ((failed: boolean) => void) | undefined;

/** What happened to the statements of one pool. */
export class StatementTally {
  /** Failures by the first two characters of the SQLSTATE; `none` when the server never answered. */
  readonly errors = new Map<string, number>();
  readonly #observe: StatementObserver | undefined;

  constructor(observe?: StatementObserver) {
    this.#observe = observe;
  }

  /** Runs one statement and counts how it ended. */
  async run<T>(text: string, send: () => Promise<T>): Promise<T> {
    const end = this.#observe?.(text);
    try {
      const result = await send();
      end?.(false);
      return result;
    } catch (error) {
      end?.(true);
      const kind = classOf(error);
      this.errors.set(kind, (this.errors.get(kind) ?? 0) + 1);
      throw error;
    }
  }
}

function classOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code.slice(0, 2) : 'none';
}
