import type { Trx } from '#db/mch/tables.ts';
import type { Happened } from '../../../records/index.ts';
import { type HeldCase, findParentId, lockCase, refreshCase, showToUnit } from '../store/case.ts';
import { writeBands } from '../store/contacts.ts';
import { openAgain } from '../store/hand-over.ts';
import { refusalOf } from '../policy.ts';
import { bandsOf } from '../text-likeness.ts';

/** Something was written in a case: by the unit that manages it, while it is open; the case is worked out again. */
export async function writtenInCase(trx: Trx, happened: Happened): Promise<string | undefined> {
  return written(trx, happened, false);
}

/** A contact, which the health station of her township may make as well. */
export async function contactInCase(trx: Trx, happened: Happened): Promise<string | undefined> {
  const { record, values } = happened;
  await writeBands(trx, record.id, bandsOf(String(values['content'] ?? '')));
  return written(trx, happened, true);
}

async function written(
  trx: Trx,
  { deed, record, before, actor }: Happened,
  alsoStation: boolean,
): Promise<string | undefined> {
  if (deed !== 'submitted') return undefined;
  const held = await lockCase(trx, record.parentId);
  if (!held) return 'hr_gone';
  const refusal = refusalOf(
    held,
    { unitCode: actor.unit.code, isStation: actor.scope.kind === 'town' },
    before,
    alsoStation,
  );
  if (refusal !== undefined) return refusal;
  await showToUnit(trx, record.id, held.unitCode);
  await refreshCase(trx, held.id);
  return undefined;
}

/** A child is seen by whoever manages the case. */
export async function bornInCase(trx: Trx, happened: Happened): Promise<string | undefined> {
  return belowCase(trx, happened);
}

/** A reply may come after the case is closed. */
export async function replied(trx: Trx, happened: Happened): Promise<string | undefined> {
  return belowCase(trx, happened, { status: 'open' });
}

async function belowCase(
  trx: Trx,
  { deed, record, before, actor }: Happened,
  as: Partial<HeldCase> = {},
): Promise<string | undefined> {
  if (deed !== 'submitted') return undefined;
  const held = await lockCase(trx, await findParentId(trx, record.parentId));
  if (!held) return 'hr_gone';
  const writer = { unitCode: actor.unit.code, isStation: false };
  const refusal = refusalOf({ ...held, ...as }, writer, before, false);
  if (refusal === undefined) await showToUnit(trx, record.id, held.unitCode);
  return refusal;
}

/** A closed case is opened again, as the health bureau says. */
export async function reopenCase(trx: Trx, { deed, record }: Happened): Promise<string | undefined> {
  if (deed !== 'reopened') return undefined;
  await openAgain(trx, record.id);
  await refreshCase(trx, record.id);
  return undefined;
}
