import { transact } from '#db/transact.ts';
import { HOUR, after } from '#kit/clock.ts';
import { digest, randomToken } from '#kit/random.ts';
import { isEmailAddress, lockAccount } from '../../accounts/index.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import { voidResetLinks } from '../../authenticators/index.ts';
import { queueMail } from '../../notifications/index.ts';
import { normaliseText } from '../policy.ts';
import { isPending, savePendingEmail, takePendingEmail, updateEmail } from '../store.ts';
import type { ProfileDeps } from './deps.ts';

const CONFIRMATION_MS = HOUR;
export const CONFIRMATION = '/account/profile/email-confirmation';

/** Asks the new address to confirm itself; until then the old one stays. */
export async function requestEmail(
  deps: ProfileDeps,
  accountId: string,
  typed: string,
  caller: Caller,
): Promise<'invalid' | 'same' | undefined> {
  const email = normaliseText(typed);
  if (!isEmailAddress(email)) return 'invalid';
  const token = randomToken();
  const tokenDigest = digest(token);
  return transact(deps.db, async (trx) => {
    const account = await lockAccount(trx, accountId);
    if (!account || account.email.toLowerCase() === email.toLowerCase()) return 'same';
    const expiresAt = after(deps.clock(), CONFIRMATION_MS);
    await savePendingEmail(trx, { accountId, email, tokenDigest, expiresAt });
    await recordAudit(trx, { type: 'email.change_requested', accountId, caller });
    await queueMail(trx, deps.keyring, {
      kind: 'confirm_address',
      to: { accountId, address: email, name: account.name },
      params: { url: `${deps.issuer}${CONFIRMATION}?token=${token}` },
      goodUntil: expiresAt,
      dedupeKey: `profile ${accountId} confirm ${tokenDigest.toString('hex')}`,
    });
    return undefined;
  });
}

/** Whether a link is still good for this person, without using it: mail programs open links before people do. */
export function isConfirmationOpen(deps: ProfileDeps, accountId: string, token: string): Promise<boolean> {
  return isPending(deps.db, accountId, digest(token), deps.clock());
}

/** Puts the confirmed address in force, and tells both. @returns false for a link that is used, stale or another's */
export async function confirmEmail(
  deps: ProfileDeps,
  accountId: string,
  token: string,
  caller: Caller,
): Promise<boolean> {
  const now = deps.clock();
  return transact(deps.db, async (trx) => {
    const account = await lockAccount(trx, accountId);
    const email = account && (await takePendingEmail(trx, accountId, digest(token), now));
    if (!account || email === undefined) return false;
    await updateEmail(trx, accountId, email);
    await voidResetLinks(trx, accountId, 'superseded'); // they went to the old address
    await recordAudit(trx, { type: 'email.changed', accountId, caller });
    const { name, loginName } = account;
    for (const [which, address] of [
      ['old', account.email],
      ['new', email],
    ] as const) {
      await queueMail(trx, deps.keyring, {
        kind: 'address_changed',
        to: { accountId, address, name },
        params: { loginName, changedAt: now },
        dedupeKey: `address_changed:${caller.requestId}:${which}`,
      });
    }
    return true;
  });
}
