import { type Adapter, errors } from 'oidc-provider';
import type { Database } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Federation } from '../../federation/index.ts';
import type { ClientRegistry } from '../../subsystems/index.ts';

export interface StorageDeps {
  database: Database<IdpTables>;
  registry: ClientRegistry;
  federation?: Federation;
  keyring: Keyring;
  clock: Clock;
  config: { certification?: object | undefined };
  /** Whether every client but the portal's own must push its requests. */
  requirePushed?: boolean;
  lifetimes: { sessionIdleSeconds: number; sessionAbsoluteSeconds: number };
}

/** Operations a model never asks for: reaching one is a bug, not an empty answer. */
export const refusing: Adapter = {
  upsert: () => unsupported(),
  find: () => unsupported(),
  findByUserCode: () => unsupported(),
  findByUid: () => unsupported(),
  consume: () => unsupported(),
  destroy: () => unsupported(),
  revokeByGrantId: () => unsupported(),
};

function unsupported(): Promise<never> {
  return Promise.reject(new errors.InvalidRequest('operation not supported'));
}
