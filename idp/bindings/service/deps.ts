import type { PrivateNetworks } from '#kit/http/outbound.ts';
import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { PasswordHasher } from '../../authenticators/index.ts';
import type { ClientRegistry } from '../../subsystems/index.ts';

export interface BindingDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  hasher: PasswordHasher;
  registry: ClientRegistry;
  config: { issuer: string; privateNetworks: PrivateNetworks };
}
