import type { Db } from '#db/idp/tables.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Caller, ConsoleActor } from '../audit/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';

export interface UpkeepDeps {
  db: Db;
  keyring: Keyring;
  registry: Pick<ClientRegistry, 'subsystem' | 'list'>;
}

/** Who does it, from where, and why. */
export interface Deed {
  actor: ConsoleActor;
  from: Caller;
  reason: string;
}

/** The kinds of unit a duty may be held at, by the subsystem's manifest; none named: at any. */
export function kindsOfDuty(
  registry: UpkeepDeps['registry'],
  subsystem: string,
  duty: string,
): readonly string[] {
  return registry.subsystem(subsystem)?.manifest.duties.find(({ code }) => code === duty)?.unitKinds ?? [];
}
