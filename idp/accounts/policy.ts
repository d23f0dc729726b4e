import type { Account, AccountRole, AccountStanding } from './types.ts';

const PRIVILEGED: ReadonlySet<AccountRole> = new Set(['unit_manager', 'hpa_admin', 'platform_ops']);

/** Whether the account may be used at `now`, or why not. */
export function accountStanding(account: Pick<Account, 'status' | 'expiresAt'>, now: Date): AccountStanding {
  if (account.status !== 'active') return 'account_disabled';
  return account.expiresAt !== null && account.expiresAt <= now ? 'account_expired' : 'active';
}

/** Whoever may decide over others proves a second factor at every sign-in. */
export function needsSecondFactor(account: Pick<Account, 'role'>): boolean {
  return PRIVILEGED.has(account.role);
}

/** A name as lists that leave the house show it: of three characters the middle one is O; of other scripts the first letter of each word. */
export function maskName(name: string): string {
  const letters = Array.from(name);
  if (/^\p{sc=Han}+$/u.test(name)) {
    const [first = '', ...rest] = letters;
    return rest.length < 2 ? `${first}O` : `${first}${'O'.repeat(rest.length - 1)}${rest.at(-1)}`;
  }
  return name.replaceAll(/(\p{L})[\p{L}\p{M}]*/gu, '$1O');
}
