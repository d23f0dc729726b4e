import type { Db } from '#db/idp/tables.ts';
import { findAccount, needsSecondFactor } from '../../../accounts/index.ts';
import { findTotp, listPasskeys, listPersonCards } from '../../../authenticators/index.ts';

/** Whether the person has a second factor, or a role that demands one: then a link is made with it, or not at all. */
export async function provesTwoFactors(db: Db, accountId: string): Promise<boolean> {
  const account = await findAccount(db, accountId);
  if (!account || needsSecondFactor(account)) return true;
  if (await findTotp(db, accountId)) return true;
  const [passkeys, cards] = [await listPasskeys(db, accountId), await listPersonCards(db, accountId)];
  return passkeys.length + cards.length > 0;
}
