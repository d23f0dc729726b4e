import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';

export interface ProfileDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  issuer: string;
}
