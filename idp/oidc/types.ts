import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Log } from '#kit/log.ts';
import type { Database } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import type { Renderer } from '#templates/engine.ts';
import type { Config } from '../config.ts';
import type { Federation, LogoutOffers } from '../federation/index.ts';
import type { KeyEvidence } from '../signing-keys/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';

export interface OidcDeps {
  config: Config;
  database: Database<IdpTables>;
  registry: ClientRegistry;
  keyring: Keyring;
  clock: Clock;
  log: Log;
  renderer: Renderer;
  /** Where clients fetch key sets from and authenticate. */
  evidence?: KeyEvidence;
  /** When the database was restored: what was issued before is refused. */
  issuedAfter?: Date | undefined;
  /** What we are in a federation, where we are in one. */
  federation?: Federation;
  /** What offers the end of a session at an institution's provider, where there are such. */
  logoutOffers?: LogoutOffers;
}

export type OidcContext = KoaContextWithOIDC;
