import type { Db, Trx } from '#db/idp/tables.ts';
import { Fault } from '#kit/errors.ts';
import { type Deed, type Reach, reachOf, reachesSubsystem } from '../../permissions/index.ts';
import type { ClientRegistry, Subsystem } from '../../subsystems/index.ts';
import { findAdministered } from '../store/accounts.ts';
import type { AdministeredAccount, Doer } from '../types.ts';

/** How far the deed reaches for the caller. @throws Fault forbidden */
export function getReach(caller: Doer['caller'], deed: Deed): Reach {
  const reach = reachOf(caller, deed);
  if (!reach) throw new Fault('forbidden');
  return reach;
}

/** An account within reach. @throws Fault not_found for any other, as if there were none */
export async function getAdministered(db: Db | Trx, reach: Reach, id: string): Promise<AdministeredAccount> {
  const account = id.length > 40 ? undefined : await findAdministered(db, id);
  if (!account || !reachesSubsystem(reach, account.subsystemCode, account.unitCode)) {
    throw new Fault('not_found');
  }
  return account;
}

/** @throws Fault not_found when its subsystem is no longer there */
export function getSubsystem(
  registry: Pick<ClientRegistry, 'subsystem'>,
  { subsystemCode }: Pick<AdministeredAccount, 'subsystemCode'>,
): Subsystem {
  const subsystem = registry.subsystem(subsystemCode);
  if (!subsystem) throw new Fault('not_found');
  return subsystem;
}

/** Whether the account's role manages its unit at the subsystem. */
export function manages(
  registry: Pick<ClientRegistry, 'subsystem'>,
  { subsystemCode, role }: Pick<AdministeredAccount, 'subsystemCode' | 'role'>,
): boolean {
  const roles = registry.subsystem(subsystemCode)?.manifest.roles ?? [];
  return roles.some((each) => each.code === role && each.manages);
}
