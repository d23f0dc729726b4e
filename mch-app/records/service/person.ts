import type { Trx } from '#db/mch/tables.ts';
import {
  AnotherPerson,
  type Identity,
  findMeant,
  keepDraftPerson,
  keepPatient,
} from '../../patients/index.ts';
import type { RecordsDeps } from '../deps.ts';
import { mayFindByBirth } from '../store/births.ts';
import type { Actor, FullRecord } from '../types.ts';
import { Refused } from './follow.ts';

/**
 * The person a form names. What is not sent joins and changes nobody: what it says of her stands with it alone until
 * then, though it is told already what would then be refused. A record that was sent back and is kept half mended stays
 * with whom it was sent about.
 * @throws Refused when the form leads to somebody else, or by its birth to a child whose number is not to be seen
 */
export async function personOf(
  trx: Trx,
  { keyring, clock }: RecordsDeps,
  who: Identity,
  of: { actor: Actor; recordId: string; before: FullRecord | undefined; isSent: boolean },
): Promise<string> {
  const { before, recordId } = of;
  const now = clock();
  try {
    if (!of.isSent) {
      const meant = await findMeant(trx, who, keyring);
      if (meant && meant.id !== before?.patientId) await mayMean(trx, who, of.actor, meant.id);
      const typed = await keepDraftPerson(trx, who, { recordId, keyring, now });
      return before === undefined || before.state === 'draft' ? typed : (before.patientId ?? typed);
    }
    const id = await keepPatient(trx, who, { keyring, now });
    if (id !== before?.patientId) await mayMean(trx, who, of.actor, id);
    return id;
  } catch (error) {
    throw error instanceof AnotherPerson ? new Refused(error.reason) : error;
  }
}

/** @throws Refused */
async function mayMean(trx: Trx, who: Identity, { scope }: Actor, id: string): Promise<void> {
  if (who.idType === 'none' && !(await mayFindByBirth(trx, scope, id))) throw new Refused('number_known');
}
