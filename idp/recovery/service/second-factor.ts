import { MINUTE, after } from '#kit/clock.ts';
import { digest, randomToken } from '#kit/random.ts';
import type { FieldError } from '#templates/views.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import {
  type CardAnswer,
  type CardChallenge,
  type CardScope,
  type CardVerifier,
  type ChallengeScope,
  type PasskeyOptions,
  askForCard,
  askForPasskey,
  redeemPasskey,
  redeemRegisteredCard,
  redeemTypedFactor,
} from '../../authenticators/index.ts';
import { saveProof } from '../store.ts';
import type { RecoveryDeps, ResetLink } from '../types.ts';

const PROOF_MS = 10 * MINUTE;

/** With a secret that this browser shows from now on: whoever else holds the link has proven nothing. */
export type Proof = { browser: string } | { errors: FieldError[] };

/** The app's code or a recovery code, where the owner has a second factor, before a new password is taken. */
export async function proveTypedFactor(
  deps: RecoveryDeps,
  link: ResetLink,
  { field, typed }: { field: 'code' | 'recovery_code'; typed: string },
  caller: Caller,
): Promise<Proof> {
  if (typed.trim() === '') return { errors: [{ field, key: 'second-factor.required' }] };
  const now = deps.clock();
  const accountId = link.owner.id;
  const { verdict, kind } = await redeemTypedFactor(deps, { accountId, typed, now });
  if (verdict === 'right') return accept(deps, link, kind, caller);
  const reason = verdict === 'locked' ? 'locked' : 'wrong_code';
  const details = { locks: verdict === 'wrong_and_locks' };
  await recordAudit(deps.db, { type: 'second_factor.refused', reason, accountId, caller, details });
  return { errors: [{ field, key: 'second-factor.wrong' }] };
}

/** A challenge for this link alone; the one before is void. */
export function challengePasskey(deps: RecoveryDeps, link: ResetLink): Promise<PasskeyOptions> {
  return askForPasskey(deps, scopeOf(link), deps.clock());
}

/** A passkey of the owner's in place of a code. */
export async function provePasskey(
  deps: RecoveryDeps,
  link: ResetLink,
  answer: string,
  caller: Caller,
): Promise<Proof> {
  const outcome = await redeemPasskey(deps, scopeOf(link), answer, deps.clock());
  const accountId = link.owner.id;
  if (outcome.verdict === 'right' && outcome.accountId === accountId) {
    return accept(deps, link, 'passkey', caller);
  }
  const reason = outcome.verdict === 'right' ? 'passkey_of_another' : `${outcome.verdict}_passkey`;
  await recordAudit(deps.db, { type: 'second_factor.refused', reason, accountId, caller });
  return { errors: [{ field: '', key: 'passkey.failed' }] };
}

/** The same with a card. */
export function challengeCard(deps: RecoveryDeps, link: ResetLink): Promise<CardChallenge> {
  return askForCard(deps, cardScopeOf(link), deps.clock());
}

/** The owner's own professional card in place of a code. */
export async function proveCard(
  deps: RecoveryDeps & { cards: CardVerifier },
  link: ResetLink,
  answer: CardAnswer,
  caller: Caller,
): Promise<Proof> {
  const accountId = link.owner.id;
  const verdict = await redeemRegisteredCard(deps, cardScopeOf(link), accountId, answer, deps.clock());
  if (verdict.ok) return accept(deps, link, 'card', caller);
  const failure = verdict.failure.toLowerCase();
  await recordAudit(deps.db, { type: 'second_factor.refused', reason: `card_${failure}`, accountId, caller });
  return { errors: [{ field: '', key: `hca-card.failed-${failure}` }] };
}

async function accept(deps: RecoveryDeps, link: ResetLink, kind: string, caller: Caller): Promise<Proof> {
  const browser = randomToken();
  const proof = { browserDigest: digest(browser), until: after(deps.clock(), PROOF_MS) };
  await saveProof(deps.db, link.digest, proof);
  const event = { accountId: link.owner.id, caller, details: { kind, for: 'password_reset' } };
  await recordAudit(deps.db, { type: 'second_factor.verified', ...event });
  return { browser };
}

function cardScopeOf(link: ResetLink): CardScope {
  return { purpose: 'sign-in', within: `password-reset ${link.digest.toString('hex')}` };
}

function scopeOf(link: ResetLink): ChallengeScope {
  return { purpose: 'sign-in', within: `password-reset ${link.digest.toString('hex')}` };
}
