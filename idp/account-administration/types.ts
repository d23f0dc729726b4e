import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Renderer } from '#templates/engine.ts';
import type { AccountRole } from '../accounts/index.ts';
import type { Caller } from '../audit/index.ts';
import type { ListRow } from '../console-lists/index.ts';
import type { ConsoleCaller, ConsoleGate } from '../permissions/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';

export interface AccountAdministrationDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  registry: ClientRegistry;
  renderer: Renderer;
  console: ConsoleGate;
  config: { issuer: string; trustedProxyHops: number; exportRows: number };
}

/** What an account is to whoever looks at a list of them. */
export type ShownStatus = 'active' | 'disabled' | 'expired' | 'locked';

/** One line of the list of accounts (P-44). */
export interface ListedAccount extends ListRow {
  loginName: string;
  name: string;
  unitCode: string;
  unitName: string;
  unitNameEn: string;
  role: AccountRole;
  status: ShownStatus;
  /** Whether the caller may change it. */
  mayChange: boolean;
  email: string;
  nationalIdSealed: Buffer;
  lastSignInAt: Date | null;
}

/** What whoever administers may change in one form. */
export interface AccountChanges {
  name: string;
  title: string;
  phone: string;
  sparePhone: string;
  unitPhone: string;
  mobile: string;
  email: string;
  spareEmail: string;
  expiresAt: Date | null;
}

/** The account that something is done to. */
export interface Subject extends AccountChanges {
  id: string;
  personNo: string;
  loginName: string;
  unitCode: string;
  unitName: string;
  unitNameEn: string;
  role: AccountRole;
  status: 'active' | 'disabled';
  nationalIdSealed: Buffer;
  /** When its owner changed the ID number, until somebody has confirmed it. */
  declaredAt: Date | null;
  createdAt: Date;
  lastSignInAt: Date | null;
  passwordChangedAt: Date | undefined;
}

/** A deed done to one account or to several, asked for with what will happen. */
export type DeedName =
  'disabling' | 'enabling' | 'unlocking' | 'password-reset' | 'factor-reset' | 'sign-out';

/** Whoever does it, and from where. */
export interface Doer {
  caller: ConsoleCaller;
  from: Caller;
}
