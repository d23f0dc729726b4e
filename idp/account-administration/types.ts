import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Renderer } from '#templates/engine.ts';
import type { AccountRole } from '../accounts/index.ts';
import type { ListRow } from '../console-lists/index.ts';
import type { ConsoleGate } from '../permissions/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';

export interface AccountAdministrationDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  registry: ClientRegistry;
  renderer: Renderer;
  console: ConsoleGate;
  config: { issuer: string; trustedProxyHops: number };
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
  email: string;
  nationalIdSealed: Buffer;
  lastSignInAt: Date | null;
}
