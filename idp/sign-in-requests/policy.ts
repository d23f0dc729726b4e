import { ACR_MFA, ACR_PHISHING_RESISTANT, satisfiesAcr } from '../authenticators/index.ts';
import { isFresh } from '../sessions/index.ts';
import type { Answerer, SignInRequest } from './types.ts';

/** An account that could be acted as. */
export interface Candidate {
  id: string;
  requiredAcr: string | undefined;
}

/** How a sign-in that is not enough is made enough. */
export type StepUp = 'again' | 'second_factor' | 'phishing_resistant';

export type ApprovalDecision =
  | { allowed: true; accountId: string | undefined }
  | { allowed: false; reason: 'ended' | 'no_account' | 'account_not_chosen' }
  | { allowed: false; reason: 'step_up'; stepUp: StepUp };

/** The accounts a request can be approved for: the one the client names, else each. */
export function eligible<C extends Candidate>({ wantedAccountId }: SignInRequest, candidates: C[]): C[] {
  return wantedAccountId === undefined ? candidates : candidates.filter(({ id }) => id === wantedAccountId);
}

/**
 * Whether this person may approve now: while it waits, signed in within the last minutes, as strongly as the client
 * and the account want, for an account that is theirs. The one account there is needs no choosing.
 * @param candidates undefined for a client that belongs to no subsystem
 */
export function decideApproval(
  request: SignInRequest,
  by: Answerer,
  candidates: Candidate[] | undefined,
  chosen: string | undefined,
  now: Date,
): ApprovalDecision {
  if (request.state !== 'waiting' || request.endsAt <= now) return { allowed: false, reason: 'ended' };
  const offered = candidates && eligible(request, candidates);
  if (offered?.length === 0) return { allowed: false, reason: 'no_account' };
  const only = offered?.length === 1 ? offered[0] : undefined;
  const account = offered?.find(({ id }) => id === chosen) ?? (chosen === undefined ? only : undefined);
  const stepUp = stepUpFor(request, by, account?.requiredAcr, now, 'write');
  if (stepUp !== undefined) return { allowed: false, reason: 'step_up', stepUp };
  if (offered && !account) return { allowed: false, reason: 'account_not_chosen' };
  return { allowed: true, accountId: account?.id };
}

/** What is still to prove; undefined when the sign-in is strong and fresh enough for the deed. */
export function stepUpFor(
  { requestedAcr, maxAge, askedAt }: Pick<SignInRequest, 'requestedAcr' | 'maxAge' | 'askedAt'>,
  { acr, loginAt }: Pick<Answerer, 'acr' | 'loginAt'>,
  accountAcr: string | undefined,
  now: Date,
  deed: 'read' | 'write',
): StepUp | undefined {
  const meets = (wanted: string): boolean => satisfiesAcr(acr, wanted);
  const weakest = requestedAcr.some(meets) ? undefined : requestedAcr[0];
  const wanted = [weakest, accountAcr].filter((one) => one !== undefined && !meets(one));
  if (wanted.includes(ACR_PHISHING_RESISTANT)) return 'phishing_resistant';
  if (wanted.includes(ACR_MFA)) return 'second_factor';
  const isYoung = maxAge === undefined || loginAt.getTime() >= askedAt.getTime() - maxAge * 1000;
  return isYoung && isFresh(loginAt, now, deed) ? undefined : 'again';
}
