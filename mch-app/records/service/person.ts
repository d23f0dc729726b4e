import type { Trx } from '#db/mch/tables.ts';
import { AnotherPerson, type Identity, keepPatient } from '../../patients/index.ts';
import type { RecordsDeps } from '../deps.ts';
import { mayFindByBirth } from '../store/births.ts';
import { isSpokenOf } from '../store/envelope.ts';
import type { Actor, FullRecord } from '../types.ts';
import { Refused } from './follow.ts';

/**
 * The person a form names. A draft joins whom others speak of and changes nothing of her: that waits until it is sent.
 * @throws Refused when the form leads to somebody else, or by its birth to a child whose number is not to be seen
 */
export async function personOf(
  trx: Trx,
  { keyring, clock }: RecordsDeps,
  who: Identity,
  of: { actor: Actor; before: FullRecord | undefined; isSent: boolean },
): Promise<string> {
  const isSettled = (id: string): Promise<boolean> =>
    of.isSent ? Promise.resolve(false) : isSpokenOf(trx, id, of.before?.id);
  const id = await keepPatient(trx, who, { keyring, now: clock(), isSettled }).catch((error: unknown) => {
    throw error instanceof AnotherPerson ? new Refused(error.reason) : error;
  });
  const isFound = who.idType === 'none' && id !== of.before?.patientId;
  if (isFound && !(await mayFindByBirth(trx, of.actor.scope, id))) throw new Refused('number_known');
  return id;
}
