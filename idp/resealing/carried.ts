import type { Db } from '#db/idp/tables.ts';
import type { Keyring } from '#kit/keyring.ts';
import { insertCarried, listCarried } from './store.ts';

/** Purposes of digests that cannot be made anew, because nobody knows what they were made of. */
const LASTING = ['client-secret', 'recovery-code'];
/** ID numbers are known, but for those of subsystem accounts without an account of their person. */
const INDEX = 'national-id-index';

export const CARRIED_PURPOSE = 'carried-key';

/**
 * Writes down, sealed by the newest master key, what the older ones derive for digests that stay. So these go on
 * matching when the older keys are gone.
 * @param withIndex whether digests of ID numbers stay, too
 */
export async function carryKeys(db: Db, keyring: Keyring, withIndex: boolean): Promise<void> {
  const ids = keyring.keyIds.slice(1);
  for (const purpose of withIndex ? [...LASTING, INDEX] : LASTING) {
    const derived = keyring.derive(purpose).slice(1, ids.length + 1);
    for (const [at, secret] of derived.entries()) {
      const id = `${purpose} ${ids[at]}`;
      await insertCarried(db, { id, purpose, secretSealed: keyring.seal(CARRIED_PURPOSE, secret, id) });
    }
  }
}

/** Lets the keyring derive what master keys derived that are gone by now. */
export async function loadCarriedKeys(db: Db, keyring: Keyring): Promise<void> {
  const rows = await listCarried(db);
  const gone = rows.filter(({ id }) => !keyring.keyIds.some((own) => id.endsWith(` ${own}`)));
  for (const { id, purpose, secretSealed } of gone) {
    keyring.carry(purpose, keyring.open(CARRIED_PURPOSE, secretSealed, id));
  }
}
