import type { FieldError } from '#templates/views.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import {
  type CardAnswer,
  type CardChallenge,
  type CardScope,
  type CardVerifier,
  askForCard,
  redeemRegisteredCard,
  withMethod,
} from '../../authenticators/index.ts';
import type { SignInDeps } from '../deps.ts';
import { settled } from '../progress.ts';
import { provenIdentity } from '../proof.ts';
import type { InteractionFacts, Person, SignInProgress } from '../types.ts';

/** A challenge for this journey alone. */
export function challengeCard(deps: SignInDeps, facts: InteractionFacts): Promise<CardChallenge> {
  return askForCard(deps, scopeOf(facts), deps.clock());
}

/** The person's own professional card as the second factor, after the password. */
export async function proveCard(
  deps: SignInDeps & { cards: CardVerifier },
  facts: InteractionFacts,
  person: Person,
  answer: CardAnswer,
  caller: Caller,
): Promise<{ progress: SignInProgress } | { errors: FieldError[] }> {
  const now = deps.clock();
  const accountId = person.id;
  const verdict = await redeemRegisteredCard(deps, scopeOf(facts), accountId, answer, now);
  const event = { accountId, clientId: facts.clientId, caller };
  if (!verdict.ok) {
    const reason = `card_${verdict.failure.toLowerCase()}`;
    await recordAudit(deps.db, { type: 'second_factor.refused', reason, ...event });
    return { errors: [{ field: '', key: `hca-card.failed-${verdict.failure.toLowerCase()}` }] };
  }
  await recordAudit(deps.db, { type: 'second_factor.verified', ...event, details: { kind: 'card' } });
  const amr = withMethod(provenIdentity(facts, now)?.amr ?? [], 'sc');
  return { progress: { ...settled(facts.progress), accountId, amr } };
}

function scopeOf(facts: InteractionFacts): CardScope {
  return { purpose: 'sign-in', within: facts.uid };
}
