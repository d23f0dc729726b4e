import type { Db } from '#db/idp/tables.ts';
import { randomToken } from '#kit/random.ts';
import { findSubject, storeSubject } from './store.ts';

/**
 * The `sub` of an account at a client: the account's id, or with a sector the subject it has there, made up now
 * when this is the first time.
 * @param known the account's subjects by sector, where they were read already
 */
export async function subjectAt(
  db: Db,
  accountId: string,
  sector: string | undefined,
  known?: Record<string, string>,
): Promise<string> {
  if (sector === undefined) return accountId;
  const subject = known ? known[sector] : await findSubject(db, accountId, sector);
  return subject ?? storeSubject(db, { accountId, sector, subject: randomToken() });
}
