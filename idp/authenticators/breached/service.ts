import { createHash } from 'node:crypto';
import type { Db, Trx } from '#db/idp/tables.ts';
import { holdsSuffix, placeOf } from './entries.ts';
import { findSuffixes } from './store.ts';

/** Whether the list of leaked passwords holds this one. It stays in the house: only its own database is asked. */
export async function isBreachedPassword(db: Db | Trx, password: string): Promise<boolean> {
  // the public lists name passwords by SHA-1; here it looks something up and protects nothing
  const hash = createHash('sha1').update(password.normalize('NFC')).digest();
  const { prefix, suffix } = placeOf(hash);
  const suffixes = await findSuffixes(db, prefix);
  return suffixes !== undefined && holdsSuffix(suffixes, suffix);
}
