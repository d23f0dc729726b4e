import type { AccountRole, Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { ClientRegistry } from '../subsystems/index.ts';

export interface ReviewDeps {
  db: Db;
  keyring: Keyring;
  clock: Clock;
  registry: Pick<ClientRegistry, 'subsystem' | 'list'>;
  config: { issuer: string };
}

export type ItemState = 'open' | 'needed' | 'disabled' | 'suspended' | 'gone';

/** A half-year's review. */
export interface Round {
  /** Such as `2026H2`. */
  period: string;
  openedAt: Date;
  dueAt: Date;
  closedAt: Date | null;
}

/** One account to be reviewed. */
export interface ReviewItem {
  period: string;
  accountId: string;
  unitCode: string;
  role: AccountRole;
  state: ItemState;
  dueAt: Date;
}

export type ReviewRefusal = 'unknown_item' | 'own_account' | 'not_yours' | 'answered_already' | 'overdue';
