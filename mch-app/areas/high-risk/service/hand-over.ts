import type { Trx } from '#db/mch/tables.ts';
import { type Happened, dayOf } from '../../../records/index.ts';
import { handOverRefusal } from '../policy.ts';
import { findPlace, lockCase } from '../store/case.ts';
import {
  closeCase,
  describeTransfer,
  keepCase,
  moveCase,
  offerCase,
  pendingTransfer,
} from '../store/hand-over.ts';

/**
 * What becomes of a case as it is given away, taken, sent back or closed: looked at behind its lock, so that it is
 * offered once, and taken once.
 */
export async function handOver(trx: Trx, happened: Happened): Promise<string | undefined> {
  const { deed, record, values, before, actor, now } = happened;
  const held = await lockCase(trx, record.parentId);
  if (!held) return 'hr_gone';
  const by = { accountId: actor.accountId, personName: actor.personName, unit: actor.unit, now };
  const isTransfer = values['handover'] === 'transfer';
  if (deed === 'approved' || deed === 'returned') {
    if (!isTransfer || held.status !== 'transferring') return 'wrong_state';
    if (deed === 'returned') {
      await keepCase(trx, held, by);
      return undefined;
    }
    await describeTransfer(trx, record.id, { receivedBy: actor.personName });
    await moveCase(trx, held, { ...actor.unit, manager: actor.personName }, by);
    return undefined;
  }
  // a correction of what has been done changes its words, not the case
  if (before !== undefined && before !== 'draft' && before !== 'returned') return undefined;
  const waiting = (await pendingTransfer(trx, held.id)) ?? record.id;
  const toUnit = String(values['to_unit'] ?? '');
  const refusal = handOverRefusal(
    held,
    { unitCode: actor.unit.code, isBureau: actor.scope.kind === 'county', county: actor.unit.county },
    { isTransfer, toUnit, isOnlyOne: waiting === record.id },
  );
  if (refusal !== undefined) return refusal;
  await describeTransfer(trx, record.id, { fromUnit: held.unitCode });
  if (!isTransfer) {
    await closeCase(trx, held, dayOf(values['close_date']), by);
    await describeTransfer(trx, record.id, { state: 'closed' });
    return undefined;
  }
  const place = await findPlace(trx, toUnit);
  if (!place) return 'hr_unit';
  if (actor.scope.kind === 'county') {
    await moveCase(trx, held, { code: toUnit, ...place, manager: '' }, by);
    await describeTransfer(trx, record.id, { state: 'approved' });
  } else await offerCase(trx, held, toUnit, by);
  return undefined;
}
