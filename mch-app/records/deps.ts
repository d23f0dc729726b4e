import type { Db } from '#db/mch/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { RecordKind } from './types.ts';

/** What the engine is given: it knows kinds only by their keys. */
export interface RecordsDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  /** @throws Error for a kind that no area told */
  kindOf(key: string): RecordKind;
  /** A person's whole number, for a form that is to be changed; '' without one. */
  numberOf(patientId: string): Promise<string>;
  /** What a newborn without a name is called. */
  childName: (mother: string) => string;
}
