import type { PrivateNetworks } from '#kit/http/outbound.ts';
import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Renderer } from '#templates/engine.ts';
import type { ConsoleGate } from '../permissions/index.ts';
import type { ReadinessDeps } from '../readiness/index.ts';

export interface SubsystemAdministrationDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  renderer: Renderer;
  console: ConsoleGate;
  readiness: ReadinessDeps;
  config: { issuer: string; trustedProxyHops: number; privateNetworks: PrivateNetworks };
}
