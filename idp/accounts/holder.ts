import type { Db, Trx } from '#db/idp/tables.ts';
import type { Keyring } from '#kit/keyring.ts';
import { openNationalId } from './national-id.ts';
import { findAccount, findAccountByLoginName, findSealedNationalId } from './store.ts';

/** Who somebody is, as a card or a document would say. */
export interface Holder {
  name: string;
  nationalId: string;
  /** Somebody else has confirmed the number. */
  isProven: boolean;
}

/** Name and ID number of an account, opened: for comparing only. */
export async function findHolder(
  db: Db | Trx,
  keyring: Keyring,
  by: { id: string } | { loginName: string },
): Promise<Holder | undefined> {
  const account = 'id' in by ? await findAccount(db, by.id) : await findAccountByLoginName(db, by.loginName);
  const number = account && (await findSealedNationalId(db, account.id));
  if (!number) return undefined;
  const nationalId = openNationalId(keyring, number.sealed, account.id);
  return { name: account.name, nationalId, isProven: number.declaredAt === null };
}
