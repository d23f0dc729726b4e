import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';

export interface RegisterDeps {
  db: Db;
  clock: Clock;
}

/** Who does it, for the audit record. */
export interface Doer {
  accountId: string;
  caller?: { ip: string; userAgent: string; requestId: string };
}
