import type { Db, Trx } from '#db/idp/tables.ts';
import { type Subsystem, offeredSubsystems } from '../subsystems/index.ts';
import { narrowManifest } from './policy.ts';
import { listEntitled } from './store.ts';

/** The subsystems that have something to do for this unit, each as the unit may use it. */
export async function offeredAt(
  db: Db | Trx,
  subsystems: Subsystem[],
  unit: { code: string; kind: string },
  now: Date,
): Promise<Subsystem[]> {
  const entitled = await listEntitled(db, unit.code, now);
  return offeredSubsystems(
    subsystems.map((each) => ({ ...each, manifest: narrowManifest(each.manifest, entitled.get(each.code)) })),
    unit.kind,
  );
}
