import type { Db } from '#db/idp/tables.ts';
import { type Clock, DAY, after } from '#kit/clock.ts';
import { forgetSightings, saveSightings } from './store/evidence.ts';

/** More addresses than our clients have are strangers'; they are not remembered. */
const MOST = 5000;
const KEPT_MS = 200 * DAY;

/** Remembers who fetched which key set, and from where clients authenticate. A request writes nothing. */
export interface KeyEvidence {
  sawFetch(address: string, kid: string): void;
  sawClient(clientId: string, address: string): void;
  /** Writes what was seen since the last time; run by a job. */
  flush(db: Db): Promise<void>;
}

export function createKeyEvidence(clock: Clock): KeyEvidence {
  let fetches = new Map<string, { address: string; kid: string; at: Date }>();
  let clients = new Map<string, { clientId: string; address: string; at: Date }>();
  return {
    sawFetch(address, kid) {
      if (fetches.size < MOST) fetches.set(`${address} ${kid}`, { address, kid, at: clock() });
    },
    sawClient(clientId, address) {
      if (clients.size < MOST) clients.set(`${clientId} ${address}`, { clientId, address, at: clock() });
    },
    async flush(db) {
      if (fetches.size + clients.size === 0) return;
      const seen = { fetches: [...fetches.values()], clients: [...clients.values()] };
      fetches = new Map();
      clients = new Map();
      await saveSightings(db, seen);
      await forgetSightings(db, after(clock(), -KEPT_MS));
    },
  };
}
