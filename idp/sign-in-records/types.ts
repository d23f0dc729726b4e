import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Renderer } from '#templates/engine.ts';
import type { ListRow } from '../console-lists/index.ts';
import type { ConsoleGate } from '../permissions/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';

export interface SignInRecordDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  registry: ClientRegistry;
  renderer: Renderer;
  console: ConsoleGate;
  config: { trustedProxyHops: number; exportRows: number };
}

export type Result = 'success' | 'failed' | 'locked';

/** One sign-in, or one entry to a subsystem, as the audit trail has it. */
export interface SignInRecord extends ListRow {
  at: Date;
  result: Result;
  reason: string | null;
  loginName: string | null;
  name: string | null;
  unitCode: string | null;
  unitName: string | null;
  unitNameEn: string | null;
  ip: string | null;
  userAgent: string | null;
  /** Of an entry to a subsystem. */
  subsystemCode: string | null;
  subsystemAccountId: string | null;
}
