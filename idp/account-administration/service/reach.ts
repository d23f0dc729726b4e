import type { Trx } from '#db/idp/tables.ts';
import { Fault } from '#kit/errors.ts';
import { lockHolders } from '../../accounts/index.ts';
import { type Deed, type Reach, reachOf, reachesUnit } from '../../permissions/index.ts';
import type { Db } from '#db/idp/tables.ts';
import { findSubject, lockSubject } from '../store/subject.ts';
import type { Doer, Subject } from '../types.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** How far the deed reaches for the caller. @throws Fault forbidden */
export function getReach(caller: Doer['caller'], deed: Deed): Reach {
  const reach = reachOf(caller, deed);
  if (!reach) throw new Fault('forbidden');
  return reach;
}

/** An account within reach. @throws Fault not_found for any other, as if there were none */
export async function getSubject(db: Db | Trx, reach: Reach, id: string): Promise<Subject> {
  const subject = UUID.test(id) ? await findSubject(db, id) : undefined;
  if (!subject || !reachesUnit(reach, subject.unitCode)) throw new Fault('not_found');
  return subject;
}

/**
 * The same, held until the transaction ends, and with it whoever else holds its role.
 * @throws Fault not_found, or conflict when its role or unit changed between the two
 */
export async function holdSubject(trx: Trx, reach: Reach, id: string): Promise<Subject> {
  const seen = await getSubject(trx, reach, id);
  await lockHolders(trx, seen);
  const subject = await lockSubject(trx, id);
  if (subject?.role !== seen.role || subject.unitCode !== seen.unitCode) throw new Fault('conflict');
  return subject;
}
