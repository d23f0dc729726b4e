/** Why nothing was written: the condition that no longer held. */
export type FlushRefusal =
  | 'consumed'
  | 'interaction_ended'
  | 'session_ended'
  | 'account_gone'
  | 'switched_meanwhile'
  | 'answered'
  | 'too_many'
  | 'token_used';

/** One SQL statement under construction: parts of a `with`, their parameters, and the conditions on all of it. */
export class Statement {
  readonly #parts: string[] = [];
  readonly #values: unknown[] = [];
  readonly #conditions: { refusal: FlushRefusal; sql: string }[] = [];

  /** Adds a parameter. @returns its placeholder */
  value(value: unknown): string {
    this.#values.push(value ?? null);
    return `$${this.#values.length}`;
  }

  part(name: string, sql: string): void {
    this.#parts.push(`${name} as (${sql})`);
  }

  /** A write that must hit exactly one row. */
  must(name: string, refusal: FlushRefusal, sql: string): void {
    this.part(name, `${sql} returning 1`);
    this.#conditions.push({ refusal, sql: `(select count(*) from ${name}) = 1` });
  }

  /** A row that must still be there, locked against change until the commit. */
  holds(name: string, refusal: FlushRefusal, sql: string): void {
    this.#parts.push(`${name} as materialized (${sql})`);
    this.#conditions.push({ refusal, sql: `exists (select 1 from ${name})` });
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  get values(): unknown[] {
    return this.#values;
  }

  /** The whole statement. A condition that does not hold raises an error, which undoes every part. */
  get text(): string {
    const unmet = this.#conditions.map(({ refusal, sql }) => `when not (${sql}) then '${refusal}'`);
    const verdict = unmet.length > 0 ? `refuse_writes(case ${unmet.join(' ')} end)` : '1';
    return `with ${this.#parts.join(',\n')}\nselect ${verdict}`;
  }
}
