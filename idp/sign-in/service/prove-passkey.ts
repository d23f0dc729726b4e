import type { FieldError } from '#templates/views.ts';
import { accountStanding } from '../../accounts/index.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import {
  type ChallengeScope,
  type PasskeyOptions,
  askForPasskey,
  redeemPasskey,
  withMethod,
} from '../../authenticators/index.ts';
import type { SignInDeps } from '../deps.ts';
import { settled } from '../progress.ts';
import { provenIdentity } from '../proof.ts';
import { findPerson } from '../store.ts';
import type { InteractionFacts, Person, SignInProgress } from '../types.ts';

/** A challenge for this journey alone; the one before is void. */
export function challengePasskey(deps: SignInDeps, facts: InteractionFacts): Promise<PasskeyOptions> {
  return askForPasskey(deps, scopeOf(facts), deps.clock());
}

/**
 * A passkey instead of password and captcha, or after the password as the second factor of the same person.
 * Unknown, wrong and unusable are one answer.
 * @param person who has proven the password already
 */
export async function provePasskey(
  deps: SignInDeps,
  facts: InteractionFacts,
  person: Person | undefined,
  answer: string,
  caller: Caller,
): Promise<{ progress: SignInProgress } | { errors: FieldError[] }> {
  const now = deps.clock();
  const outcome = await redeemPasskey(deps, scopeOf(facts), answer, now);
  const owner =
    outcome.verdict === 'unknown' ? undefined : await findPerson(deps.db, { id: outcome.accountId });
  const refusal = refusalOf(outcome.verdict, owner, person, now);
  const event = { ...(owner && { accountId: owner.id }), clientId: facts.clientId, caller };
  if (refusal !== undefined || !owner) {
    const type = person ? 'second_factor.refused' : 'sign_in.refused';
    await recordAudit(deps.db, { type, reason: refusal ?? 'unknown_passkey', ...event });
    return { errors: [{ field: '', key: 'passkey.failed' }] };
  }
  const kept = settled(facts.progress);
  if (person) {
    const details = { kind: 'passkey' };
    await recordAudit(deps.db, { type: 'second_factor.verified', ...event, details });
    const amr = withMethod(provenIdentity(facts, now)?.amr ?? [], 'hwk');
    return { progress: { ...kept, accountId: owner.id, amr } };
  }
  delete kept.upstream; // it proved somebody on the way here, perhaps another
  const authenticatedAt = Math.floor(now.getTime() / 1000);
  return { progress: { ...kept, accountId: owner.id, amr: ['hwk'], authenticatedAt } };
}

function refusalOf(
  verdict: 'right' | 'failed' | 'unknown',
  owner: Person | undefined,
  person: Person | undefined,
  now: Date,
): string | undefined {
  if (verdict === 'unknown' || !owner) return 'unknown_passkey';
  if (verdict === 'failed') return 'wrong_passkey';
  if (person && person.id !== owner.id) return 'passkey_of_another';
  const standing = accountStanding(owner, now);
  return standing === 'active' ? undefined : standing;
}

function scopeOf(facts: InteractionFacts): ChallengeScope {
  return { purpose: 'sign-in', within: facts.uid };
}
