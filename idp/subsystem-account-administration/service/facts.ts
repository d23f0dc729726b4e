import type { Db, Trx } from '#db/idp/tables.ts';
import {
  type ManagerQuota,
  listEntitled,
  narrowManifest,
  readManagerQuota,
} from '../../entitlements/index.ts';
import { reachesSubsystem } from '../../permissions/index.ts';
import { type Manifest, dutiesFor } from '../../subsystems/index.ts';
import type { AccessFacts } from '../policy.ts';
import type { AdministeredAccount, Doer, SubsystemAdministrationDeps } from '../types.ts';
import { getReach, getSubsystem } from './reach.ts';

export interface Offer extends AccessFacts {
  manifest: Manifest;
  duties: Manifest['duties'];
}

/** What the account may be given: roles, the unit's duties with its menu roles, the managers' quota. */
export async function readOffer(
  deps: Pick<SubsystemAdministrationDeps, 'registry' | 'clock'>,
  db: Db | Trx,
  caller: Doer['caller'],
  account: AdministeredAccount,
  quota?: ManagerQuota,
): Promise<Offer> {
  const { manifest } = getSubsystem(deps.registry, account);
  const entitled = await listEntitled(db, account.unitCode, deps.clock());
  const narrowed = narrowManifest(manifest, entitled.get(manifest.code));
  const reach = getReach(caller, 'subsystem_accounts.read');
  const managed = { ...reach, unitCodes: [] };
  return {
    manifest,
    roles: manifest.roles,
    duties: dutiesFor(narrowed, account.unitKind),
    quota: quota ?? (await readManagerQuota(db, { unitCode: account.unitCode, manifest })),
    mayMakeManagers: reachesSubsystem(managed, account.subsystemCode, account.unitCode),
  };
}
