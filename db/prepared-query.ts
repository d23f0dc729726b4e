import pg from 'pg';

/** What pg's query keeps of its rows' form. */
interface Shape {
  fields: unknown[];
  _parsers: unknown;
  _prebuiltEmptyResultObject: unknown;
}

/** What pg's query has beside what its types tell; pg is pinned, and test/db.test.ts holds what is relied on. */
interface Inside {
  name: string | undefined;
  _result: Shape;
  _accumulateRows: boolean;
  hasBeenParsed(connection: object): boolean;
}

interface Wire {
  describe(message: object): void;
}

interface Known {
  shapes: Map<string, Shape>;
  isQuiet: boolean;
}

const known = new WeakMap<object, Known>();

type Prepare = {
  prepare(connection: object): void;
  handleCommandComplete(message: object, connection: object): void;
};
const standard = pg.Query.prototype as unknown as Prepare;

/**
 * A named statement whose answer is described once a connection, not every time: the description of forty columns
 * costs both sides more than the row. It cannot change, since PostgreSQL refuses a statement whose columns did.
 */
class PreparedQuery extends pg.Query {
  prepare(connection: object): void {
    const own = this as unknown as Inside;
    const memory = memoryOf(connection);
    const shape = own.name !== undefined && own.hasBeenParsed(connection) && memory.shapes.get(own.name);
    if (shape) {
      Object.assign(own._result, shape);
      own._accumulateRows = true;
      memory.isQuiet = true;
    }
    try {
      standard.prepare.call(this, connection);
    } finally {
      memory.isQuiet = false;
    }
  }

  handleCommandComplete(message: object, connection: object): void {
    standard.handleCommandComplete.call(this, message, connection);
    const { name, _result: result } = this as unknown as Inside;
    const { shapes } = memoryOf(connection);
    if (name === undefined || shapes.has(name)) return;
    const { fields, _parsers, _prebuiltEmptyResultObject } = result;
    shapes.set(name, { fields, _parsers, _prebuiltEmptyResultObject });
  }
}

function memoryOf(connection: object): Known {
  let memory = known.get(connection);
  if (!memory) {
    const made: Known = { shapes: new Map(), isQuiet: false };
    const wire = connection as Wire;
    const describe = wire.describe.bind(wire);
    wire.describe = (message) => {
      if (!made.isQuiet) describe(message);
    };
    known.set(connection, made);
    memory = made;
  }
  return memory;
}

/** Sends one statement on `client`. @throws what the server refuses */
export function sendPrepared<Row extends pg.QueryResultRow>(
  client: pg.ClientBase,
  query: pg.QueryConfig,
): Promise<pg.QueryResult<Row>> {
  return new Promise((resolve, reject) => {
    client.query(
      new PreparedQuery(query, (error: Error | undefined, result: unknown) => {
        if (!error) return resolve(result as pg.QueryResult<Row>);
        Error.captureStackTrace(error); // where it was sent tells more than where it came in
        reject(error);
      }),
    );
  });
}
