import { UNIQUE_VIOLATION, isSqlState } from '#db/handle.ts';
import { transact } from '#db/transact.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import {
  CARD_TRIES,
  type CardAnswer,
  type CardChallenge,
  type CardFailure,
  type CardScope,
  type CardVerifier,
  type VerifiedCard,
  askForCard,
  countsAsTry,
  findRegisteredUnit,
  provesUnit,
  redeemCard,
} from '../../authenticators/index.ts';
import { lockUnit } from '../../units/index.ts';
import type { EnrollmentServices } from '../deps.ts';
import { cardRefusal } from '../policy.ts';
import { findUniqueness } from '../store/accounts.ts';
import { releaseCardTry, reserveCardTry, saveCard } from '../store/cards.ts';
import { lockEnrollment, updateEnrollment } from '../store/enrollments.ts';
import { recordEvent } from '../store/history.ts';
import type { CardRefusal } from '../types.ts';
import { readUnitFacts } from './draft.ts';
import { isWhole, openAccount, tellOfOpening } from './open.ts';

export type CardServices = EnrollmentServices & { cards: CardVerifier };

/** `failure`: the card's; `reason`: the rules'. */
export type CardOutcome =
  { opened: true } | { opened: false; failure: CardFailure } | { opened: false; reason: CardRefusal };

/** A challenge for this application in this browser's visit alone. */
export function challengeCard(
  services: EnrollmentServices,
  id: string,
  visit: string,
): Promise<CardChallenge> {
  return askForCard(services, scopeOf(id, visit), services.clock());
}

/**
 * P-14, SM-02: the institution's card opens the account at once. Three tries; the try is counted before the card is
 * looked at, so that however many come at once only three are. Servers are asked outside any transaction; what the
 * rules say is read again in the one that opens the account.
 */
export async function proveByCard(
  services: CardServices,
  id: string,
  visit: string,
  answer: CardAnswer,
  caller: Caller,
): Promise<CardOutcome> {
  const { db, clock, cards } = services;
  const unitCode = await reserveCardTry(db, id, CARD_TRIES);
  if (unitCode === undefined) return { opened: false, reason: 'not_pending' };
  const verdict = await redeemCard(services, scopeOf(id, visit), answer, clock()).catch(
    async (error: unknown) => {
      await releaseCardTry(db, id);
      throw error;
    },
  );
  const failure = verdict.ok
    ? provesUnit(
        verdict.card,
        unitCode,
        cards.settings.unitSources,
        await findRegisteredUnit(db, verdict.card),
      )
    : verdict.failure;
  if (!verdict.ok || failure !== undefined) {
    return fail(services, id, failure ?? 'SIG', verdict.ok ? verdict.card : undefined, caller);
  }
  const refusal = await openByCard(services, id, { unitCode, card: verdict.card }, caller);
  if (refusal === undefined) return { opened: true };
  await releaseCardTry(db, id);
  return { opened: false, reason: refusal };
}

async function fail(
  { db, clock }: EnrollmentServices,
  id: string,
  failure: CardFailure,
  card: VerifiedCard | undefined,
  caller: Caller,
): Promise<CardOutcome> {
  const counts = countsAsTry(failure);
  await transact(db, async (trx) => {
    if (!counts) await releaseCardTry(trx, id);
    else await recordEvent(trx, { enrollmentId: id, at: clock(), status: 'card_refused' });
    await recordAudit(trx, {
      type: 'enrollment.card_refused',
      reason: failure.toLowerCase(),
      caller,
      details: { enrollment: id, ...(card && { issuer: card.issuer, serial: card.serial }) },
    });
  });
  return { opened: false, failure };
}

/** @returns what speaks against it; undefined: the account is open */
async function openByCard(
  services: EnrollmentServices,
  id: string,
  { unitCode, card }: { unitCode: string; card: VerifiedCard },
  caller: Caller,
): Promise<CardRefusal | undefined> {
  const { db, keyring, clock } = services;
  return transact(db, async (trx): Promise<CardRefusal | undefined> => {
    const now = clock();
    const enrollment = await lockEnrollment(trx, keyring, id);
    if (!enrollment || !isWhole(enrollment)) return 'not_pending';
    await lockUnit(trx, unitCode); // two managers opened at once must not be one too many
    const unit = await readUnitFacts(trx, unitCode, now);
    const unique = await findUniqueness(trx, { ...enrollment, enrollmentId: id });
    const refusal = cardRefusal(enrollment, unitCode, unit, unique);
    if (refusal !== undefined) return refusal;
    const accountId = await openAccount(services, trx, enrollment, { caller });
    await updateEnrollment(trx, id, {
      status: 'active',
      paper: null,
      account_id: accountId,
      updated_at: now,
    });
    await saveCard(trx, { enrollmentId: id, unitCode, at: now }, card);
    await recordEvent(trx, { enrollmentId: id, at: now, status: 'active' });
    await recordAudit(trx, {
      type: 'enrollment.card_verified',
      accountId,
      caller,
      details: { enrollment: id, unit: unitCode, issuer: card.issuer, serial: card.serial },
    });
    await tellOfOpening(services, trx, enrollment, accountId);
    return undefined;
  }).catch((error: unknown): CardRefusal => {
    if (isSqlState(error, UNIQUE_VIOLATION)) return 'login_name_taken';
    throw error;
  });
}

/** SM-01: no card, or it failed: on paper then. @returns false when no card was asked for */
export async function choosePaper(
  services: EnrollmentServices,
  id: string,
  caller: Caller,
): Promise<boolean> {
  const { db, keyring, clock } = services;
  return transact(db, async (trx) => {
    const enrollment = await lockEnrollment(trx, keyring, id);
    if (enrollment?.status !== 'pending_hca') return false;
    const now = clock();
    await updateEnrollment(trx, id, { status: 'pending_paper', paper: 'awaiting_form', updated_at: now });
    await recordEvent(trx, { enrollmentId: id, at: now, status: 'pending_paper' });
    await recordAudit(trx, { type: 'enrollment.paper_chosen', caller, details: { enrollment: id } });
    return true;
  });
}

function scopeOf(id: string, visit: string): CardScope {
  return { purpose: 'enrollment', within: `${id} ${visit}` };
}
