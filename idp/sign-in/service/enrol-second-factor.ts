import type { Caller } from '../../audit/index.ts';
import { type EnrolmentScope, withMethod } from '../../authenticators/index.ts';
import { addTotp } from '../../own-authenticators/index.ts';
import type { SignInDeps } from '../deps.ts';
import { retry, settled } from '../progress.ts';
import { provenIdentity } from '../proof.ts';
import type { InteractionFacts, Person, SignInProgress } from '../types.ts';

/** An offer counts for this person in this journey only. */
export function enrolmentScope(facts: InteractionFacts, person: Person): EnrolmentScope {
  return { accountId: person.id, within: facts.uid };
}

/**
 * Somebody whose role demands a second factor, and who has none, sets one up between the password and whatever
 * comes next. The code that proves the app works is also this sign-in's second factor.
 */
export async function enrolSecondFactor(
  deps: SignInDeps,
  facts: InteractionFacts,
  person: Person,
  answer: { sealed: string; typed: string; name: string },
  caller: Caller,
): Promise<SignInProgress> {
  const again = { ...facts.progress, offer: answer.sealed };
  if (answer.typed.trim() === '') return retry(again, [{ field: 'code', key: 'second-factor.required' }]);
  const scope = enrolmentScope(facts, person);
  const accepted = await addTotp(deps, scope, { ...answer, onlyFirst: true }, caller);
  if (!accepted) return retry(again, [{ field: 'code', key: 'security.wrong-code' }]);
  const kept = settled(facts.progress);
  delete kept.offer;
  const amr = withMethod(provenIdentity(facts, deps.clock())?.amr ?? [], 'otp');
  return { ...kept, accountId: person.id, amr };
}
