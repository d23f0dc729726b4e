import type { Db } from '#db/idp/tables.ts';
import { listClientsSince } from './store.ts';
import type { RegisteredClient, Subsystem } from './types.ts';

/**
 * Every client, held in memory because each request needs one. `refresh` takes in what changed since the last
 * time; it is called on notification and, in case one was lost, at short intervals.
 */
export interface ClientRegistry {
  find(clientId: string): RegisteredClient | undefined;
  subsystem(code: string): Subsystem | undefined;
  list(): RegisteredClient[];
  /** How often it took in a change. */
  readonly changes: number;
  refresh(): Promise<void>;
}

/** A transaction with a smaller revision may commit after one with a larger: look a little further back. */
const OVERLAP = 100;

/** @param builtIn clients of this product itself, which no table holds */
export async function createClientRegistry(
  db: Db,
  builtIn: RegisteredClient[] = [],
): Promise<ClientRegistry> {
  const clients = new Map(builtIn.map((client) => [client.clientId, client]));
  const subsystems = new Map<string, Subsystem>();
  let seen = 0;
  let changes = 0;

  const take = async (since: number): Promise<void> => {
    // a change is told by a revision of its own: what is here already need not be read and judged each second
    const known = [...clients.values()].map(({ revision }) => revision).filter((each) => each > since);
    for (const client of await listClientsSince(db, since, known)) {
      clients.set(client.clientId, client);
      if (client.subsystem) subsystems.set(client.subsystem.code, client.subsystem);
      seen = Math.max(seen, client.revision);
      changes += 1;
    }
  };
  await take(0);

  return {
    find: (clientId) => clients.get(clientId),
    subsystem: (code) => subsystems.get(code),
    list: () => [...clients.values()],
    get changes() {
      return changes;
    },
    refresh: () => take(Math.max(0, seen - OVERLAP)),
  };
}
