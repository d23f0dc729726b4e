import { type Clock, after } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';

/** How long the handle in a `login_hint` stands for the account chosen at the portal. */
export const HANDLE_MS = 60_000;
const PURPOSE = 'account-handle';

/**
 * A short-lived opaque handle of a chosen account, for `login_hint`: it names the account to this provider only,
 * and only for the person it was made for.
 */
export function makeAccountHandle(
  keyring: Keyring,
  clock: Clock,
  accountId: string,
  subsystemAccountId: string,
): string {
  const until = after(clock(), HANDLE_MS).getTime();
  const text = JSON.stringify({ accountId, subsystemAccountId, until });
  return keyring.seal(PURPOSE, Buffer.from(text), PURPOSE).toString('base64url');
}

/** The account a handle stands for; undefined when it is no handle of ours or too old. */
export function openAccountHandle(
  keyring: Keyring,
  clock: Clock,
  handle: string,
): { accountId: string; subsystemAccountId: string } | undefined {
  if (!/^[\w-]{60,600}$/.test(handle)) return undefined;
  try {
    const text = keyring.open(PURPOSE, Buffer.from(handle, 'base64url'), PURPOSE).toString('utf8');
    const value = JSON.parse(text) as { accountId: string; subsystemAccountId: string; until: number };
    return value.until > clock().getTime() ? value : undefined;
  } catch {
    return undefined; // a login_hint of some other meaning
  }
}
