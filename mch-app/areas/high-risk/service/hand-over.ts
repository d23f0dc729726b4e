import type { Trx } from '#db/mch/tables.ts';
import { type Happened, dayOf } from '../../../records/index.ts';
import { handOverRefusal } from '../policy.ts';
import { type HeldCase, findPlace, lockCase } from '../store/case.ts';
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
  if (before !== undefined && before !== 'draft' && before !== 'returned')
    return correct(trx, happened, held);
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

/**
 * A correction changes the words of what has been done, and not the case: it stands as it stood, and is no offer anew.
 * One that still waits may be led to another unit.
 */
async function correct(
  trx: Trx,
  { record, values, before, actor, now }: Happened,
  held: HeldCase,
): Promise<string | undefined> {
  const isTransfer = values['handover'] === 'transfer';
  // what was closed stays a closing, what was given away a transfer
  if (isTransfer === (before === 'closed')) return 'wrong_state';
  if (before !== 'submitted') {
    await describeTransfer(trx, record.id, { state: before === 'closed' ? 'closed' : 'approved' });
    return undefined;
  }
  if (held.status !== 'transferring') return 'hr_transferring';
  const toUnit = String(values['to_unit'] ?? '');
  if (toUnit === held.offeredTo) return undefined;
  if (toUnit === held.unitCode) return 'hr_same_unit';
  if (!(await findPlace(trx, toUnit))) return 'hr_unit';
  await offerCase(trx, held, toUnit, { ...actor, now });
  return undefined;
}
