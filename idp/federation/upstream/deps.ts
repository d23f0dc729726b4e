import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { ProviderClients } from './client.ts';
import type { UpstreamRegistry } from './registry.ts';

export interface UpstreamDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  config: { issuer: string; secure: boolean };
  providers: UpstreamRegistry;
  clients: ProviderClients;
}
