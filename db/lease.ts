import type pg from 'pg';
import { isConnectionLost } from './failures.ts';
import type { ConnectionPool } from './pool.ts';
import type { StatementTally } from './statements.ts';

const BEGINS = /^(begin|start transaction)\b/;
const ENDS = /^(commit|rollback)$/;
const READS = /^\s*(select|with)\b(?!.*\b(insert|update|delete|merge)\b)/is;

/**
 * A connection for one transaction or some lone statements. What changes nothing is sent once more on another
 * connection when this one was lost: the begin of a transaction, and a select outside one.
 */
export class Lease {
  readonly #pool: ConnectionPool;
  readonly #tally: StatementTally;
  readonly #named: (text: string, values: readonly unknown[]) => pg.QueryConfig;
  #client: pg.PoolClient | undefined;
  #inTransaction = false;

  constructor(
    pool: ConnectionPool,
    tally: StatementTally,
    named: (text: string, values: readonly unknown[]) => pg.QueryConfig,
    client: pg.PoolClient,
  ) {
    this.#pool = pool;
    this.#tally = tally;
    this.#named = named;
    this.#client = client;
  }

  query<Row extends pg.QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<pg.QueryResult<Row>> {
    const query = this.#named(text, values);
    return this.#tally.run(text, async () => {
      const result = await this.#send<Row>(query).catch((error: unknown) => {
        if (!isConnectionLost(error) || !this.#changesNothing(text)) throw error;
        this.release();
        return this.#send<Row>(query);
      });
      if (BEGINS.test(text)) this.#inTransaction = true;
      else if (ENDS.test(text)) this.#inTransaction = false;
      return result;
    });
  }

  /** @param isBroken nobody knows what state the connection is in */
  release(isBroken?: unknown): void {
    if (this.#client) this.#pool.release(this.#client, Boolean(isBroken));
    this.#client = undefined;
  }

  #changesNothing(text: string): boolean {
    return !this.#inTransaction && (BEGINS.test(text) || READS.test(text));
  }

  async #send<Row extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<pg.QueryResult<Row>> {
    this.#client ??= await this.#pool.acquire();
    return this.#pool.run<Row>(this.#client, query);
  }
}
