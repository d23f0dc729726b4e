import type { Keyring } from '#kit/keyring.ts';
import { findHolder } from '../../accounts/index.ts';
import { type CardDeps, type CardScope, redeemCard } from '../hca-card/challenge.ts';
import { provesPerson } from '../hca-card/policy.ts';
import type { CardAnswer, CardFailure, VerifiedCard } from '../hca-card/types.ts';
import { recordCardUse } from './store.ts';

export type PersonCardDeps = CardDeps & { keyring: Keyring };

/** Why a professional's card is not taken as this person's. */
export type PersonCardFailure = CardFailure | 'NOT_REGISTERED' | 'NUMBER_DECLARED';

export type PersonCardVerdict = { ok: true; card: VerifiedCard } | { ok: false; failure: PersonCardFailure };

/**
 * Whether the answer is by a card of this very person: one that holds, of a professional, with the person's ID
 * number as far as it tells it. An institution's card never is; and a number that its owner changed and nobody has
 * confirmed yet fits whatever card they hold.
 */
export async function redeemOwnCard(
  deps: PersonCardDeps,
  scope: CardScope,
  accountId: string,
  answer: CardAnswer,
  now: Date,
): Promise<PersonCardVerdict> {
  const verdict = await judge(deps, scope, accountId, answer, now);
  if (!verdict.ok || verdict.isProven) return verdict;
  return { ok: false, failure: 'NUMBER_DECLARED' };
}

async function judge(
  deps: PersonCardDeps,
  scope: CardScope,
  accountId: string,
  answer: CardAnswer,
  now: Date,
): Promise<PersonCardVerdict & { isProven?: boolean }> {
  const verdict = await redeemCard(deps, scope, answer, now);
  if (!verdict.ok) return verdict;
  const holder = await findHolder(deps.db, deps.keyring, { id: accountId });
  const { personSources } = deps.cards.settings;
  const failure = holder ? provesPerson(verdict.card, holder, personSources) : 'PERSON_MISMATCH';
  if (!holder || failure !== undefined) return { ok: false, failure: failure ?? 'PERSON_MISMATCH' };
  return { ...verdict, isProven: holder.isProven };
}

/** The same for a card that was registered with the account before, as its second factor. */
export async function redeemRegisteredCard(
  deps: PersonCardDeps,
  scope: CardScope,
  accountId: string,
  answer: CardAnswer,
  now: Date,
): Promise<PersonCardVerdict> {
  const verdict = await judge(deps, scope, accountId, answer, now);
  if (!verdict.ok) return verdict;
  const known = await recordCardUse(deps.db, accountId, verdict.card, now);
  return known ? verdict : { ok: false, failure: 'NOT_REGISTERED' };
}
