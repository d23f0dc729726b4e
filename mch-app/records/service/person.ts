import type { Trx } from '#db/mch/tables.ts';
import { AnotherPerson, type Identity, keepPatient } from '../../patients/index.ts';
import type { RecordsDeps } from '../deps.ts';
import { isSpokenOf } from '../store/envelope.ts';
import type { FullRecord } from '../types.ts';
import { Refused } from './follow.ts';

/**
 * The person a form names. A draft joins whom others speak of and changes nothing of her: that waits until it is sent.
 * @throws Refused when the form leads to somebody else
 */
export async function personOf(
  trx: Trx,
  { keyring, clock }: RecordsDeps,
  who: Identity,
  of: { before: FullRecord | undefined; isSent: boolean },
): Promise<string> {
  const isSettled = (id: string): Promise<boolean> =>
    of.isSent ? Promise.resolve(false) : isSpokenOf(trx, id, of.before?.id);
  try {
    return await keepPatient(trx, who, { keyring, now: clock(), isSettled });
  } catch (error) {
    if (error instanceof AnotherPerson) throw new Refused(error.reason);
    throw error;
  }
}
