import type { Trx } from '#db/idp/tables.ts';
import { after } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import { queueMailIf } from '../../notifications/index.ts';
import { PASSWORD_THROTTLE } from '../throttle/policy.ts';
import type { PasswordHolder } from './change.ts';

const NOBODY: PasswordHolder = { id: '', loginName: '', name: '', email: '' };

/** Tells the owner that wrong passwords locked the account (N08). For nobody the same work is done in vain. */
export async function queueLockNotice(
  trx: Trx,
  deps: { keyring: Keyring; issuer: string },
  holder: PasswordHolder | undefined,
  now: Date,
): Promise<void> {
  const { id, loginName, name, email } = holder ?? NOBODY;
  const lockedUntil = after(now, PASSWORD_THROTTLE.lockMs);
  await queueMailIf(trx, deps.keyring, holder !== undefined, {
    kind: 'N08',
    to: { ...(holder && { accountId: id }), address: email, name },
    params: { loginName, lockedUntil, url: `${deps.issuer}/forgot-password` },
    dedupeKey: `N08:${id}:${lockedUntil.toISOString()}`,
  });
}
