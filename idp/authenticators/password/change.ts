import type { Trx } from '#db/idp/tables.ts';
import type { Keyring } from '#kit/keyring.ts';
import { queueMail } from '../../notifications/index.ts';
import { REMEMBERED_PASSWORDS } from './policy.ts';
import { replacePassword, voidResetLinks } from './store.ts';

/** Whom a notice about their password reaches. */
export interface PasswordHolder {
  id: string;
  loginName: string;
  name: string;
  email: string;
}

/**
 * Puts a password its owner chose in force, voids every link that was mailed to choose one, and tells the owner
 * (N07). Which sessions end is the caller's to say.
 */
export async function changePassword(
  trx: Trx,
  deps: { keyring: Keyring; issuer: string },
  holder: PasswordHolder,
  { hash, at }: { hash: string; at: Date },
): Promise<void> {
  const accountId = holder.id;
  await replacePassword(trx, { accountId, hash, mustChange: false, at }, REMEMBERED_PASSWORDS - 1);
  await voidResetLinks(trx, accountId, 'password_changed');
  await queueMail(trx, deps.keyring, {
    kind: 'N07',
    to: { accountId, address: holder.email, name: holder.name },
    params: { loginName: holder.loginName, changedAt: at, url: `${deps.issuer}/forgot-password` },
    dedupeKey: `N07:${accountId}:${at.toISOString()}`,
  });
}
