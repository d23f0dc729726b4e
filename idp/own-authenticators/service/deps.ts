import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { AccountRole } from '../../accounts/index.ts';

export interface FactorDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  phishingResistantRoles: ReadonlySet<AccountRole>;
}

/** Whose factors, and in which session they are changed. */
export interface Owner {
  uid: string;
  accountId: string;
  loginName: string;
}
