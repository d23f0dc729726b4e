import type { Db, Trx } from '#db/idp/tables.ts';
import { listEntitled } from '../../entitlements/index.ts';
import { findUnit } from '../../units/index.ts';
import { listCandidates } from '../store.ts';
import type { PermissionRequestDeps, PermissionWish } from '../types.ts';

/** What the rules ask about a wish at this moment. */
export async function readFacts(
  db: Db | Trx,
  { registry, clock }: Pick<PermissionRequestDeps, 'registry' | 'clock'>,
  { subsystemCode, unitCode, targetId }: PermissionWish,
) {
  const unit = await findUnit(db, unitCode);
  const [candidate] =
    targetId === null ? [] : await listCandidates(db, { subsystemCode, unitCode, id: targetId });
  return {
    manifest: registry.subsystem(subsystemCode)?.manifest,
    unit,
    unitKind: unit?.kind ?? '',
    unitIsOpen: unit?.status === 'active',
    entitled: (await listEntitled(db, unitCode, clock())).get(subsystemCode),
    candidate,
  };
}
