import { randomUUID } from 'node:crypto';
import type { Db, Trx } from '#db/mch/tables.ts';
import { sweepAlone } from '#db/sweep.ts';
import { DAY, after } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import { draftNumberIndex, hintOf, numberIndexes, sealNumber } from './number.ts';
import { keepMotherTold } from './service.ts';
import {
  deleteEmptied,
  emptyDraftPersons,
  findDraftPerson,
  findLeftBehind,
  moveLooks,
  writeDraftPerson,
} from './store/drafts.ts';
import type { Identity } from './types.ts';

/**
 * Whom a draft names, as it was typed there: on a row that no other form finds, shows or changes. Nothing of anybody on
 * record is looked at or touched.
 */
export async function keepDraftPerson(
  trx: Trx,
  who: Identity,
  of: { recordId: string; keyring: Keyring; now: Date },
): Promise<string> {
  const { recordId, keyring, now: at } = of;
  const isNumbered = who.idType !== 'none';
  const indexes = isNumbered ? numberIndexes(keyring, who.idNo) : [];
  const named = await findDraftPerson(trx, recordId);
  // whoever looked at the one number has not looked at the other
  const was = named?.index ?? undefined;
  const isAnother = was !== undefined && !indexes.some((index) => was.equals(index));
  if (named && isAnother) await emptyDraftPersons(trx, [named.id], at);
  const id = named && !isAnother ? named.id : randomUUID();
  await writeDraftPerson(trx, {
    id,
    draft_of: recordId,
    kind: who.kind,
    id_type: who.idType,
    id_sealed: isNumbered ? sealNumber(keyring, who.idNo, id) : null,
    id_index: isNumbered ? draftNumberIndex(keyring, who.idNo, recordId) : null,
    draft_index: indexes[0] ?? null,
    id_hint: hintOf(who.idNo),
    birth_index: null,
    name: who.name,
    birth_date: who.birthDate,
    birth_at: who.birthAt ?? null,
    birth_order: who.birthOrder ?? null,
    sex: who.sex ?? null,
    mother_id: null,
    created_at: at,
    updated_at: at,
  });
  await keepMotherTold(trx, id, who, keyring);
  return id;
}

/** A draft was sent about somebody, or thrown away: what it alone told of a person is gone, but not who looked. */
export async function dropDraftPerson(
  trx: Trx,
  recordId: string,
  becomes: string | null,
  now: Date,
): Promise<void> {
  const person = await findDraftPerson(trx, recordId);
  if (!person) return;
  if (becomes !== null) await moveLooks(trx, person.id, becomes);
  await emptyDraftPersons(trx, [person.id], now);
}

const BATCH = 500;

/**
 * Clears away what is left of drafts that are none any more: empties their persons where another release ended the
 * draft, and deletes the emptied ones once the log of who looked at them is gone too.
 * @returns how many rows went
 */
export async function forgetDraftPersons(db: Db, now: Date): Promise<number> {
  const before = after(now, -DAY); // long after any page that showed the draft
  await sweepAlone(db, 'mch.draft-persons', BATCH, async (trx) => {
    const left = await findLeftBehind(trx, before, BATCH);
    await emptyDraftPersons(trx, left, now);
    return left.length;
  });
  let total = 0;
  await sweepAlone(db, 'mch.draft-persons', BATCH, async (trx) => {
    const gone = await deleteEmptied(trx, before, BATCH);
    total += gone;
    return gone;
  });
  return total;
}
