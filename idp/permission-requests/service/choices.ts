import type { Db } from '#db/idp/tables.ts';
import { type ManagerQuota, listEntitled, readManagerQuota } from '../../entitlements/index.ts';
import { findUnit } from '../../units/index.ts';
import { maySucceed, missingMenuRoles } from '../policy.ts';
import { listCandidates } from '../store.ts';
import type { Candidate, PermissionRequestDeps } from '../types.ts';

export interface PermissionChoices {
  /** Active general users of the unit at the subsystem. */
  candidates: Candidate[];
  /** Menu roles a unit of its kind could have and has not. */
  menuRoles: string[];
  quota: ManagerQuota;
}

/** M-43: what a unit's manager can ask for at a subsystem; undefined when there is no such unit or subsystem. */
export async function readChoices(
  db: Db,
  { registry, clock }: Pick<PermissionRequestDeps, 'registry' | 'clock'>,
  of: { subsystemCode: string; unitCode: string },
): Promise<PermissionChoices | undefined> {
  const manifest = registry.subsystem(of.subsystemCode)?.manifest;
  const unit = await findUnit(db, of.unitCode);
  if (!manifest || !unit) return undefined;
  const entitled = (await listEntitled(db, of.unitCode, clock())).get(of.subsystemCode);
  const candidates = await listCandidates(db, of);
  return {
    candidates: candidates.filter((one) => maySucceed(one, manifest, of)),
    menuRoles: missingMenuRoles(manifest, unit.kind, entitled),
    quota: await readManagerQuota(db, { unitCode: of.unitCode, manifest }),
  };
}
