import type { Caller } from '../../audit/index.ts';
import { type PasskeyOptions, withMethod } from '../../authenticators/index.ts';
import { addPasskey, startPasskey } from '../../own-authenticators/index.ts';
import type { SignInDeps } from '../deps.ts';
import { retry, settled } from '../progress.ts';
import { provenIdentity } from '../proof.ts';
import type { InteractionFacts, Person, SignInProgress } from '../types.ts';

/** A challenge that counts for this person in this journey only. */
export function offerPasskey(
  deps: SignInDeps,
  facts: InteractionFacts,
  person: Person,
): Promise<PasskeyOptions> {
  return startPasskey(deps, ownerOf(facts, person));
}

/**
 * Somebody whose role demands a phishing-resistant factor, and who has none, adds a passkey between what they have
 * proven and whatever comes next. It is also this sign-in's second factor: its owner has just shown that they have it.
 */
export async function enrolPasskey(
  deps: SignInDeps,
  facts: InteractionFacts,
  person: Person,
  typed: { answer: string; name: string },
  caller: Caller,
): Promise<SignInProgress> {
  if (!(await addPasskey(deps, ownerOf(facts, person), typed, caller))) {
    return retry(facts.progress, [{ field: 'passkey', key: 'security.passkey-failed' }]);
  }
  const amr = withMethod(provenIdentity(facts, deps.clock())?.amr ?? [], 'hwk');
  return { ...settled(facts.progress), accountId: person.id, amr };
}

function ownerOf(facts: InteractionFacts, { id, loginName, name }: Person) {
  return { uid: facts.uid, accountId: id, loginName, personName: name };
}
