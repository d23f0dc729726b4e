import type { Db } from '#db/idp/tables.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Renderer } from '#templates/engine.ts';
import type { ConsoleGate } from '../permissions/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';

export type SessionFilter = 'person' | 'unit' | 'client' | 'ip';
export type SessionSort = 'active' | 'signed_in';

/** What a session holds at one client. */
export interface SessionClient {
  clientId: string;
  subsystemAccountId: string | null;
  binding: string | null;
}

export interface SessionRow {
  id: string;
  position: string;
  accountId: string | null;
  loginName: string;
  name: string;
  unitCode: string;
  unitName: string;
  unitNameEn: string;
  ip: string | null;
  userAgent: string | null;
  signedInAt: Date | null;
  activeAt: Date;
  clients: SessionClient[];
}

export interface SessionAdministrationDeps {
  db: Db;
  keyring: Keyring;
  registry: ClientRegistry;
  renderer: Renderer;
  console: ConsoleGate;
  config: { trustedProxyHops: number; exportRows: number };
}
