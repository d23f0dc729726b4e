import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import { dropDraftPerson } from '../../patients/index.ts';
import type { RecordsDeps } from '../deps.ts';
import { type RecordDeed, type RefusalReason, decide } from '../policy.ts';
import { type EnvelopeChange, deleteDraft, findRecord, updateEnvelope } from '../store/envelope.ts';
import { insertVersion } from '../store/versions.ts';
import type { Actor, RecordKind, RecordState } from '../types.ts';
import { follow, orRefused } from './follow.ts';

export type ReviewDeed = Extract<RecordDeed, 'approve' | 'return' | 'close' | 'reopen'>;

const LEADS_TO: Record<ReviewDeed, RecordState> = {
  approve: 'approved',
  return: 'returned',
  close: 'closed',
  reopen: 'submitted',
};
const CALLED = {
  approve: 'approved',
  return: 'returned',
  close: 'closed',
  reopen: 'reopened',
} as const satisfies Record<ReviewDeed, string>;

export type Decided =
  { done: true } | { done: false; reason: RefusalReason | 'changed_meanwhile' | (string & {}) };

/** Approves, returns, closes or opens a record again, once, behind its lock. @throws Fault not_found out of sight */
export async function decideRecord(
  deps: RecordsDeps,
  kind: RecordKind,
  actor: Actor,
  of: { no: number; version: number },
  deed: ReviewDeed,
  note: string,
): Promise<Decided> {
  const work = transact(deps.db, async (trx): Promise<Decided> => {
    const now = deps.clock();
    const record = await findRecord(trx, kind, actor.scope, { no: of.no }, { lock: true });
    if (!record) throw new Fault('not_found');
    const verdict = decide(deed, record, kind, actor, now, record.values);
    if (!verdict.allowed) return { done: false, reason: verdict.reason };
    const isReview = deed === 'approve' || deed === 'return';
    const change: EnvelopeChange = {
      state: LEADS_TO[deed],
      ...(isReview && { reviewed_by_name: actor.personName, reviewed_at: now, review_note: note }),
      updated_by: actor.accountId,
      updated_by_name: actor.personName,
      updated_at: now,
    };
    const version = await updateEnvelope(trx, { id: record.id, version: of.version }, change);
    if (version === undefined) return { done: false, reason: 'changed_meanwhile' };
    await insertVersion(trx, {
      recordId: record.id,
      version,
      at: now,
      deed: CALLED[deed],
      byAccount: actor.accountId,
      byName: actor.personName,
      unitCode: actor.unit.code,
      note,
      changes: [],
    });
    const { values, state: before } = record;
    await follow(trx, kind, { deed: CALLED[deed], record, values, before, was: values, actor, now });
    return { done: true };
  });
  return orRefused(work);
}

/** Throws a draft away. @throws Fault not_found out of sight */
export async function removeDraft(
  deps: RecordsDeps,
  kind: RecordKind,
  actor: Actor,
  no: number,
): Promise<Decided> {
  return transact(deps.db, async (trx): Promise<Decided> => {
    const record = await findRecord(trx, kind, actor.scope, { no }, { lock: true });
    if (!record) throw new Fault('not_found');
    const verdict = decide('remove', record, kind, actor, deps.clock(), record.values);
    if (!verdict.allowed) return { done: false, reason: verdict.reason };
    await deleteDraft(trx, record.id);
    await dropDraftPerson(trx, record.id, null, deps.clock());
    return { done: true };
  });
}
