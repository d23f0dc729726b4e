import type { Trx } from '#db/mch/tables.ts';
import { type Happened, dayOf } from '../../../records/index.ts';
import { handOverRefusal, redirectRefusal } from '../policy.ts';
import { type HeldCase, findPlace, lockCase } from '../store/case.ts';
import {
  closeCase,
  describeTransfer,
  keepCase,
  lastTransfer,
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
 * A correction changes the words of what has been done: the case stands as it stood, and is no offer anew. But a unit
 * that was wrong is put right, whether the transfer still waits or was taken.
 */
async function correct(trx: Trx, happened: Happened, held: HeldCase): Promise<string | undefined> {
  const { record, values, before, actor, now } = happened;
  const isTransfer = values['handover'] === 'transfer';
  // what was closed stays a closing, what was given away a transfer
  if (isTransfer === (before === 'closed')) return 'wrong_state';
  if (before !== 'submitted') {
    await describeTransfer(trx, record.id, { state: before === 'closed' ? 'closed' : 'approved' });
    return before === 'closed' ? undefined : redirect(trx, happened, held);
  }
  if (held.status !== 'transferring') return 'hr_transferring';
  const toUnit = String(values['to_unit'] ?? '');
  if (toUnit === held.offeredTo) return undefined;
  if (toUnit === held.unitCode) return 'hr_same_unit';
  if (!(await findPlace(trx, toUnit))) return 'hr_unit';
  await offerCase(trx, held, toUnit, { ...actor, now });
  return undefined;
}

/** The case goes to the unit that was meant, as if the transfer had named it from the start. */
async function redirect(
  trx: Trx,
  { record, values, was, actor, now }: Happened,
  held: HeldCase,
): Promise<string | undefined> {
  const [wrongUnit, toUnit] = [String(was?.['to_unit'] ?? ''), String(values['to_unit'] ?? '')];
  if (toUnit === wrongUnit) return undefined;
  const isLast = (await lastTransfer(trx, held.id)) === record.id;
  const fromUnit = String(values['from_unit'] ?? '');
  const refusal = redirectRefusal(held, { wrongUnit, toUnit, fromUnit, isLast });
  if (refusal !== undefined) return refusal;
  const place = await findPlace(trx, toUnit);
  if (!place) return 'hr_unit';
  await describeTransfer(trx, record.id, { receivedBy: null });
  await moveCase(trx, held, { code: toUnit, ...place, manager: '' }, { ...actor, now });
  return undefined;
}
