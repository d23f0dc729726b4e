import { transact } from '#db/transact.ts';
import { recordAudit } from '../../audit/index.ts';
import type { Doer, RegisterDeps } from '../deps.ts';
import { isCancellable } from '../policy.ts';
import { lockImport, updateImport } from '../store/imports.ts';

export type Outcome =
  { done: true } | { done: false; reason: 'not_found' | 'too_late' | 'reason_missing' | 'nothing_to_do' };

/** Lets a previewed import be applied by whichever replica comes first. */
export async function startApplication(
  { db, clock }: RegisterDeps,
  by: Doer,
  asked: { id: string; reason: string },
): Promise<Outcome> {
  const reason = asked.reason.trim();
  if (reason === '') return { done: false, reason: 'reason_missing' };
  return transact(db, async (trx): Promise<Outcome> => {
    const found = await lockImport(trx, asked.id);
    if (!found) return { done: false, reason: 'not_found' };
    if (found.status !== 'previewed') return { done: false, reason: 'too_late' };
    const { new: fresh, changed, closed, faulty, unchanged } = found.counts;
    if (fresh + changed + closed === 0) return { done: false, reason: 'nothing_to_do' };
    await updateImport(trx, found.id, 'previewed', {
      ...{ status: 'applying', decided_by: by.accountId, decided_at: clock(), reason },
    });
    await recordAudit(trx, {
      type: 'unit_import.approved',
      accountId: by.accountId,
      ...(by.caller && { caller: by.caller }),
      details: { import: found.id, reason, fresh, changed, closed, faulty, unchanged },
    });
    return { done: true };
  });
}

/** Gives up an import of which nothing was applied yet. */
export async function cancelImport({ db }: RegisterDeps, by: Doer, id: string): Promise<Outcome> {
  return transact(db, async (trx): Promise<Outcome> => {
    const found = await lockImport(trx, id);
    if (!found) return { done: false, reason: 'not_found' };
    if (!isCancellable(found.status)) return { done: false, reason: 'too_late' };
    await updateImport(trx, id, found.status, { status: 'cancelled' });
    await recordAudit(trx, {
      type: 'unit_import.cancelled',
      accountId: by.accountId,
      ...(by.caller && { caller: by.caller }),
      details: { import: id, was: found.status },
    });
    return { done: true };
  });
}
