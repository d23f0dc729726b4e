import { type Caller, recordAudit } from '../../audit/index.ts';
import {
  type CardAnswer,
  type CardChallenge,
  type CardScope,
  type CardVerifier,
  type PersonCardFailure,
  askForCard,
  insertPersonCard,
  redeemOwnCard,
} from '../../authenticators/index.ts';
import { tellOfFactor } from '../mails.ts';
import { normaliseFactorName } from '../policy.ts';
import type { FactorDeps, Owner } from './deps.ts';
import { changeFactors } from './factors.ts';

type Deps = FactorDeps & { issuer: string };

export function startCard(deps: Deps, owner: Owner): Promise<CardChallenge> {
  return askForCard(deps, scopeOf(owner), deps.clock());
}

/** Registers the professional's card of the answer. @returns why it is not taken; undefined when it is */
export async function addCard(
  deps: Deps & { cards: CardVerifier },
  owner: Owner,
  typed: { answer: CardAnswer; name: string },
  caller: Caller,
): Promise<PersonCardFailure | 'TAKEN' | undefined> {
  const { accountId } = owner;
  const now = deps.clock();
  const verdict = await redeemOwnCard(deps, scopeOf(owner), accountId, typed.answer, now);
  if (!verdict.ok) {
    const reason = verdict.failure.toLowerCase();
    await recordAudit(deps.db, { type: 'authenticator.refused', reason, accountId, caller });
    return verdict.failure;
  }
  const { issuer, serial, cardNo } = verdict.card;
  return changeFactors(deps.db, accountId, async (trx, account) => {
    const name = normaliseFactorName(typed.name);
    const isNew = await insertPersonCard(trx, { accountId, issuer, serial, cardNo, name, addedAt: now });
    if (!isNew) return 'TAKEN';
    const details = { kind: 'card', issuer, serial };
    await recordAudit(trx, { type: 'authenticator.added', accountId, caller, details });
    await tellOfFactor(trx, deps, account, { outcome: 'added', kind: 'card', deed: caller.requestId });
    return undefined;
  });
}

function scopeOf({ accountId, uid }: Owner): CardScope {
  return { purpose: 'add', within: `${accountId} ${uid}` };
}
