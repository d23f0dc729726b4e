import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Renderer } from '#templates/engine.ts';
import type { Caller } from '../audit/index.ts';
import type { ListRow } from '../console-lists/index.ts';
import type { ConsoleCaller, ConsoleGate } from '../permissions/index.ts';
import type { SubsystemAccountStatus } from '../subsystem-accounts/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';

export interface SubsystemAdministrationDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  registry: ClientRegistry;
  renderer: Renderer;
  console: ConsoleGate;
  config: { issuer: string; trustedProxyHops: number; exportRows: number };
}

/** A subsystem account as whoever administers it sees it. */
export interface AdministeredAccount {
  id: string;
  subsystemCode: string;
  accountId: string | null;
  holderName: string;
  nationalIdIndex: Buffer;
  unitCode: string;
  unitName: string;
  unitNameEn: string;
  unitKind: string;
  county: string;
  town: string;
  role: string;
  duty: string;
  menuRoles: string[];
  status: SubsystemAccountStatus;
  statusChangedAt: Date | null;
  because: 'idle' | 'repeated_lock' | 'yearly_review' | 'manager' | null;
  lastUsedAt: Date | null;
}

/** One line of the list (P-50). */
export interface ListedSubsystemAccount extends AdministeredAccount, ListRow {
  mayChange: boolean;
}

/** What the form of P-51 holds. */
export interface AccessForm {
  role: string;
  duty: string;
  menuRoles: string[];
  status: 'active' | 'disabled';
}

/** Whoever does it, and from where. */
export interface Doer {
  caller: ConsoleCaller;
  from: Caller;
}
