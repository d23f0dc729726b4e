import type { Db } from '#db/idp/tables.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { AccountRole, AccountStanding } from '../accounts/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';

export interface LifeDeps {
  db: Db;
  keyring: Keyring;
  registry: Pick<ClientRegistry, 'subsystem' | 'list'>;
  config: { issuer: string };
}

/** How long a subsystem account has not been used, and the warnings given in this spell. */
export interface IdleSpell {
  idleSince: Date;
  notices: { daysLeft: number; sentAt: Date }[];
}

export interface SuspendableAccount {
  id: string;
  subsystemCode: string;
  unitCode: string;
  /** The person to be told, as far as one is known. */
  ownerId: string | null;
}

export interface IdleAccount extends IdleSpell, SuspendableAccount {}

/** Whoever wants to reinstate. */
export interface Reviewer {
  accountId: string;
  role: AccountRole;
  unitCode: string;
}

export interface SuspendedAccount {
  /** Its owner. */
  accountId: string | null;
  unitCode: string;
  /** Its role manages the unit at the subsystem. */
  manages: boolean;
  /** It is the reviewer's own, under whichever account. */
  isReviewers?: boolean;
}

/** Whoever leaves. */
export interface Leaver {
  id: string;
  role: AccountRole;
  unitCode: string;
  status: 'active' | 'disabled';
}

export interface Successor {
  id: string;
  role: AccountRole;
  unitCode: string;
  standing: AccountStanding;
}
