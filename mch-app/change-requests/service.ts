import type { Db, Trx } from '#db/mch/tables.ts';
import { transact } from '#db/transact.ts';
import { type Clock, DAY, after } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import type { NewNotice } from '../notices/index.ts';
import { noticesOf } from './notices.ts';
import { OPEN_DAYS, judgeReview, maySee, outcomeOf, stepsFor } from './policy.ts';
import { decideStep, findRequest, insertRequest, isAskedFor, lockAsking, moveRequest } from './store.ts';
import type { ChangeCategory, ChangeDecision, ChangeRequest, Party } from './types.ts';

export interface ChangeRequestDeps {
  db: Db;
  clock: Clock;
  /** Opens a locked record for one correction by who asked, until then; false when it is none. */
  unlockRecord(
    trx: Trx,
    of: { recordId: string; no: number; unitCode: string },
    until: Date,
    by: Party,
  ): Promise<boolean>;
  /** Queues a message in the deed's own transaction. */
  notify(trx: Trx, notice: NewNotice): Promise<void>;
}

/** N13: a step was decided, or the whole; N14: the record is open. */
export type ChangeNotice = 'went_on' | 'closed' | 'opened';

export interface Asked {
  category: ChangeCategory;
  recordId: string | null;
  phone: string;
  email: string;
  content: string;
}

/** Asks for a change. @returns its number, or undefined when one about this record is under way already */
export async function requestChange(
  deps: ChangeRequestDeps,
  party: Party,
  asked: Asked,
): Promise<number | undefined> {
  return transact(deps.db, async (trx) => {
    if (asked.recordId !== null) {
      await lockAsking(trx, asked.recordId);
      if (await isAskedFor(trx, asked.recordId)) return undefined;
    }
    const no = await insertRequest(
      trx,
      { ...asked, party, at: deps.clock() },
      stepsFor(asked.category, party),
    );
    return no;
  });
}

export type Reviewed =
  { done: true; closed: boolean } | { done: false; reason: 'closed' | 'not_yours' | 'own_request' };

/**
 * A reviewer's word on the step that is waited for. The last reviewer's yes opens the record for one correction.
 * @throws Fault not_found for what the party may not see
 */
export async function reviewChange(
  deps: ChangeRequestDeps,
  party: Party,
  no: number,
  decision: ChangeDecision,
  reason: string,
): Promise<Reviewed> {
  return transact(deps.db, async (trx) => {
    const request = await findRequest(trx, no, { lock: true });
    if (!request || !maySee(request, party)) throw new Fault('not_found');
    const verdict = judgeReview(request, party);
    if (!verdict.allowed) return { done: false, reason: verdict.reason };
    const at = deps.clock();
    await decideStep(trx, { no, position: request.step, decision, reason, party, at });
    const result = outcomeOf(decision, verdict.isLast);
    if (result === undefined) {
      await moveRequest(trx, no, { step: request.step + 1 });
      await tell(trx, deps, no, 'went_on');
      return { done: true, closed: false };
    }
    await moveRequest(trx, no, { result, closedAt: at });
    const opened =
      result === 'allowed' && request.recordId !== null
        ? await deps.unlockRecord(
            trx,
            { ...request, recordId: request.recordId },
            after(at, OPEN_DAYS * DAY),
            party,
          )
        : false;
    await tell(trx, deps, no, opened ? 'opened' : 'closed');
    return { done: true, closed: true };
  });
}

/** Takes one's own request back before it is decided. @returns false when it is closed */
export async function withdrawChange(deps: ChangeRequestDeps, party: Party, no: number): Promise<boolean> {
  return transact(deps.db, async (trx) => {
    const request = await findRequest(trx, no, { lock: true });
    if (!request || request.sub !== party.sub) throw new Fault('not_found');
    if (request.result !== null) return false;
    await moveRequest(trx, no, { result: 'withdrawn', closedAt: deps.clock() });
    return true;
  });
}

async function tell(trx: Trx, deps: ChangeRequestDeps, no: number, what: ChangeNotice): Promise<void> {
  for (const notice of noticesOf(await reread(trx, no), what)) await deps.notify(trx, notice);
}

async function reread(trx: Trx, no: number): Promise<ChangeRequest> {
  const request = await findRequest(trx, no);
  if (!request) throw new Fault('not_found');
  return request;
}
