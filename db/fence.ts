import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
  sql,
} from 'kysely';
import { TakenOver } from '#kit/jobs.ts';

/** The right to work under a name, as numbered when it was taken. */
export interface Fence {
  name: string;
  token: number;
}

/**
 * `db` for work that only one may do at a time: every transaction, and every statement that is not a plain select,
 * holds the fence while it runs and is refused once its token is no longer the newest. So whoever was paused beyond
 * their lease and goes on in the middle of their work writes nothing any more, wherever they stopped.
 * @param current the token in hand; undefined: not in charge
 * @returns a database whose statements throw TakenOver then
 */
export function fencedDatabase<Tables>(db: Kysely<Tables>, current: () => Fence | undefined): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new FencedDriver(db as Kysely<unknown>, current),
      createIntrospector: (own) => new PostgresIntrospector(own),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}

interface Held extends DatabaseConnection {
  inTransaction: boolean;
  run<Row>(query: CompiledQuery): Promise<QueryResult<Row>>;
  release(): void;
}

class FencedDriver implements Driver {
  readonly #db: Kysely<unknown>;
  readonly #current: () => Fence | undefined;

  constructor(db: Kysely<unknown>, current: () => Fence | undefined) {
    this.#db = db;
    this.#current = current;
  }

  async init(): Promise<void> {}
  async destroy(): Promise<void> {} // the connections belong to the database it was made of

  async acquireConnection(): Promise<DatabaseConnection> {
    return new Promise((resolve, reject) => {
      const released = Promise.withResolvers<void>();
      this.#db
        .connection()
        .execute(async (own) => {
          resolve(this.#hold(own, released.resolve));
          await released.promise;
        })
        .catch(reject);
    });
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    (connection as Held).release();
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const held = connection as Held;
    const level = settings.isolationLevel ? ` isolation level ${settings.isolationLevel}` : '';
    await this.#begin(held, `begin${level}`);
    held.inTransaction = true;
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#end(connection as Held, 'commit');
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#end(connection as Held, 'rollback');
  }

  #hold(own: Kysely<unknown>, release: () => void): Held {
    const run = <Row>(query: CompiledQuery): Promise<QueryResult<Row>> => own.executeQuery<Row>(query);
    const held: Held = {
      inTransaction: false,
      run,
      release,
      executeQuery: <Row>(query: CompiledQuery) =>
        held.inTransaction || isPlainSelect(query) ? run<Row>(query) : this.#alone<Row>(held, query),
      streamQuery() {
        throw new Error('a fenced database does not stream');
      },
    };
    return held;
  }

  /** A statement on its own becomes a transaction, so that the fence is held until it is written. */
  async #alone<Row>(held: Held, query: CompiledQuery): Promise<QueryResult<Row>> {
    await this.#begin(held, 'begin');
    try {
      const result = await held.run<Row>(query);
      await held.run(CompiledQuery.raw('commit'));
      return result;
    } catch (error) {
      await held.run(CompiledQuery.raw('rollback')).catch(() => {});
      throw error;
    }
  }

  async #begin(held: Held, begin: string): Promise<void> {
    const fence = this.#current();
    if (!fence) throw new TakenOver('nobody');
    await held.run(CompiledQuery.raw(begin));
    const check = sql`select 1 from job_fence where name = ${fence.name} and token = ${fence.token} for share`;
    const rows = await held.run(check.compile(this.#db)).then(
      (result) => result.rows,
      async (error: unknown) => {
        await held.run(CompiledQuery.raw('rollback')).catch(() => {});
        throw error;
      },
    );
    if (rows.length > 0) return;
    await held.run(CompiledQuery.raw('rollback'));
    throw new TakenOver(fence.name);
  }

  async #end(held: Held, end: string): Promise<void> {
    held.inTransaction = false;
    await held.run(CompiledQuery.raw(end));
  }
}

function isPlainSelect({ query }: CompiledQuery): boolean {
  return (
    query.kind === 'SelectQueryNode' &&
    !('with' in query && query.with) &&
    !('endModifiers' in query && query.endModifiers)
  );
}
