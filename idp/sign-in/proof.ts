import type { InteractionFacts } from './types.ts';

/** Who the person is, and how we know. */
export interface Proof {
  accountId: string;
  amr: string[];
  /** Seconds. */
  authTime: number;
  /** Proven in this journey, not taken over from the browser's session. */
  fresh: boolean;
  /** This journey added a factor to the session's. */
  steppedUp: boolean;
}

/** Prompts for these reasons want more than the session has, not another sign-in. */
const STEP_UP_REASONS: ReadonlySet<string> = new Set([
  'acr_values',
  'account_acr',
  'essential_acr',
  'essential_acrs',
]);

/** Who is proven so far: by this journey, else by the session where the prompt lets it count. */
export function provenIdentity(facts: InteractionFacts, now: Date): Proof | undefined {
  const { progress, session } = facts;
  if (progress.accountId !== undefined && progress.authenticatedAt !== undefined) {
    const { accountId, amr, authenticatedAt } = progress;
    return { accountId, amr, authTime: authenticatedAt, fresh: true, steppedUp: false };
  }
  if (!session || !sessionCounts(facts, session.authTime, now)) return undefined;
  const steppedUp = progress.accountId === session.accountId;
  return {
    accountId: session.accountId,
    amr: steppedUp ? progress.amr : session.amr,
    authTime: session.authTime,
    fresh: false,
    steppedUp,
  };
}

function sessionCounts(facts: InteractionFacts, authTime: number, now: Date): boolean {
  // consent is asked for only after the sign-in was judged good enough, and that is judged again afterwards
  if (facts.prompt === 'consent') return true;
  if (facts.maxAge !== undefined && authTime + facts.maxAge < now.getTime() / 1000) return false;
  return facts.prompt !== 'login' || facts.reasons.every((reason) => STEP_UP_REASONS.has(reason));
}
