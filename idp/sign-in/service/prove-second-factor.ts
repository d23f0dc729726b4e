import type { FieldError } from '#templates/views.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import { redeemTypedFactor, withMethod } from '../../authenticators/index.ts';
import type { SignInDeps } from '../deps.ts';
import { settled } from '../progress.ts';
import { provenIdentity } from '../proof.ts';
import type { InteractionFacts, Person, SignInProgress } from '../types.ts';

/** The one-time code, counted by account and not by journey, so that starting over gains no tries. */
export async function proveSecondFactor(
  deps: SignInDeps,
  facts: InteractionFacts,
  person: Person,
  { field, typed }: { field: 'code' | 'recovery_code'; typed: string },
  caller: Caller,
): Promise<{ progress: SignInProgress } | { errors: FieldError[] }> {
  if (typed.trim() === '') return { errors: [{ field, key: 'second-factor.required' }] };
  const now = deps.clock();
  const accountId = person.id;
  const { verdict, kind } = await redeemTypedFactor(deps, { accountId, typed, now });
  const event = { accountId, clientId: facts.clientId, caller };
  if (verdict !== 'right') {
    const reason = verdict === 'locked' ? 'locked' : 'wrong_code';
    const details = { locks: verdict === 'wrong_and_locks' };
    await recordAudit(deps.db, { type: 'second_factor.refused', reason, ...event, details });
    return { errors: [{ field, key: 'second-factor.wrong' }] };
  }
  await recordAudit(deps.db, { type: 'second_factor.verified', ...event, details: { kind } });
  const amr = withMethod(provenIdentity(facts, now)?.amr ?? [], 'otp');
  return { progress: { ...settled(facts.progress), accountId, amr } };
}
