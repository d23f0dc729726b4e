import type { Trx } from '#db/mch/tables.ts';
import type { Happened } from '../../../records/index.ts';
import { emptyBatch, lockUnit, payBatch, takeInto } from '../store/settlement.ts';

/** A batch takes what is ripe as it is submitted, pays it as it is approved, and lets go of it as it is sent back. */
export async function settle(
  trx: Trx,
  { deed, record, values, before }: Happened,
): Promise<string | undefined> {
  if (deed === 'approved') await payBatch(trx, record.id);
  if (deed === 'returned') await emptyBatch(trx, record.id);
  if (deed !== 'submitted') return undefined;
  // what has been paid is never filled anew
  if (before === 'approved') return 'wrong_state';
  // opened for a correction, a batch is filled afresh with what it holds and what has come since
  if (before !== undefined && before !== 'draft' && before !== 'returned') await emptyBatch(trx, record.id);
  await lockUnit(trx, record.unitCode);
  const taken = await takeInto(trx, record.id, { unitCode: record.unitCode, month: String(values['month']) });
  return taken === 0 ? 'hr_nothing' : undefined;
}
