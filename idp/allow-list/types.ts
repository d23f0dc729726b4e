import type { Clock } from '#kit/clock.ts';
import type { Db } from '#db/idp/tables.ts';

/** The roles whose use of the console can be tied to networks. */
export type GuardedRole = 'hpa_admin' | 'platform_ops';

export interface Network {
  id: number;
  role: GuardedRole;
  /** CIDR notation. */
  network: string;
  note: string;
  addedBy: string | null;
  addedAt: Date;
}

export interface AllowListDeps {
  db: Db;
  clock: Clock;
}

export type NetworkRefusal = 'bad_network' | 'listed_already' | 'unknown_network' | 'excludes_you';

export type NetworkOutcome = { changed: true } | { changed: false; reason: NetworkRefusal };
