import { transact } from '#db/transact.ts';
import { recordConsoleDeed } from '../../audit/index.ts';
import type { Deed, UpkeepDeps } from '../deps.ts';
import { isDay } from '../policy.ts';
import { endEntitlement, insertEntitlement } from '../store/entitlements.ts';
import type { Entitlement } from '../types.ts';

/** §2.4: lets a unit give a menu role. @returns false when it has it from that day already */
export async function entitleUnit(
  { db }: UpkeepDeps,
  deed: Deed,
  unitCode: string,
  given: Entitlement,
): Promise<boolean> {
  return transact(db, async (trx) => {
    if (!(await insertEntitlement(trx, unitCode, given))) return false;
    await recordConsoleDeed(trx, deed.actor, {
      type: 'unit.entitled',
      target: { kind: 'unit', id: unitCode },
      unitCode,
      details: { ...given },
      from: deed.from,
    });
    return true;
  });
}

/** Lets an entitlement end on a day; accounts that hold the menu role keep it until somebody changes them. */
export async function endUnitEntitlement(
  { db }: UpkeepDeps,
  deed: Deed,
  unitCode: string,
  which: Pick<Entitlement, 'subsystemCode' | 'menuRole' | 'validFrom'>,
  validTo: string,
): Promise<boolean> {
  if (!isDay(which.validFrom) || !isDay(validTo)) return false;
  return transact(db, async (trx) => {
    if (!(await endEntitlement(trx, unitCode, which, validTo))) return false;
    await recordConsoleDeed(trx, deed.actor, {
      type: 'unit.entitlement_ended',
      target: { kind: 'unit', id: unitCode },
      unitCode,
      details: { ...which, validTo },
      from: deed.from,
    });
    return true;
  });
}
