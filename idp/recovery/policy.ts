import { HOUR } from '#kit/clock.ts';
import { type Account, accountStanding } from '../accounts/index.ts';
import type { IssueRefusal, LinkStep, ResetLink } from './types.ts';

/** How long a mailed link opens (P-08). */
export const LINK_MS = HOUR;
/** Links for one account within an hour; further requests are answered alike and send nothing. */
export const LINKS_PER_HOUR = 3;

export interface IssueFacts {
  requestedAt: Date;
  typedEmail: string;
  account: Account | undefined;
  /** Links of the account within the last hour. */
  recentLinks: number;
}

/** Why no link is mailed for a request; nothing when one is. A late one would only surprise. */
export function refusalToIssue(facts: IssueFacts, now: Date): IssueRefusal | undefined {
  const { account } = facts;
  if (now.getTime() - facts.requestedAt.getTime() > LINK_MS) return 'stale';
  if (!account) return 'unknown_account';
  if (normaliseAddress(facts.typedEmail) !== normaliseAddress(account.email)) return 'address_differs';
  const standing = accountStanding(account, now);
  if (standing !== 'active') return standing;
  return facts.recentLinks >= LINKS_PER_HOUR ? 'too_many_requests' : undefined;
}

/** How an address is compared; mail goes to the stored spelling alone. */
function normaliseAddress(typed: string): string {
  return typed.normalize('NFKC').trim().toLowerCase();
}

/** What a link leads to in the browser that `browser` is the digest of. */
export function nextStep(link: ResetLink | undefined, browser: Buffer | undefined, now: Date): LinkStep {
  if (!link || accountStanding(link.owner, now) !== 'active') return { step: 'closed', reason: 'unknown' };
  if (link.endedBy !== null) {
    return { step: 'closed', reason: link.endedBy === 'superseded' ? 'superseded' : 'used' };
  }
  if (link.expiresAt <= now) return { step: 'closed', reason: 'expired' };
  const hasFactor = link.owner.hasTotp || link.owner.hasPasskey || link.owner.hasCard;
  return { step: hasFactor && !isProven(link, browser, now) ? 'second-factor' : 'new-password' };
}

function isProven(link: ResetLink, browser: Buffer | undefined, now: Date): boolean {
  const { browserDigest, provenUntil } = link;
  if (!browser || !browserDigest || !provenUntil) return false;
  return browserDigest.equals(browser) && provenUntil > now;
}
