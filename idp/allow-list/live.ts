import type { Db } from '#db/idp/tables.ts';
import { isAllowed } from './policy.ts';
import { listNetworks } from './store.ts';

/** The list as this replica knows it. */
export interface AllowList {
  isAllowed(role: string, address: string): boolean;
  /** Reads it again: on a change, and now and then. */
  refresh(): Promise<void>;
}

/** Loads the list; asked at every request, so it is kept in memory. */
export async function createAllowList(db: Db): Promise<AllowList> {
  let networks = await listNetworks(db);
  return {
    isAllowed: (role, address) => isAllowed(networks, role, address),
    async refresh() {
      networks = await listNetworks(db);
    },
  };
}
