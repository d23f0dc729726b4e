import { randomUUID } from 'node:crypto';
import type { Trx } from '#db/mch/tables.ts';
import type { Keyring } from '#kit/keyring.ts';
import { draftNumberIndex, hintOf, numberIndexes, sealNumber } from './number.ts';
import { keepMotherTold } from './service.ts';
import { deleteDraftPerson, findDraftPerson, moveLooks, writeDraftPerson } from './store/drafts.ts';
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
  const id = (await findDraftPerson(trx, recordId)) ?? randomUUID();
  const isNumbered = who.idType !== 'none';
  await writeDraftPerson(trx, {
    id,
    draft_of: recordId,
    kind: who.kind,
    id_type: who.idType,
    id_sealed: isNumbered ? sealNumber(keyring, who.idNo, id) : null,
    id_index: isNumbered ? draftNumberIndex(keyring, who.idNo, recordId) : null,
    draft_index: isNumbered ? numberIndexes(keyring, who.idNo)[0] : null,
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

/** A draft was sent about somebody, or thrown away: what it alone told of a person is gone. */
export async function dropDraftPerson(trx: Trx, recordId: string, becomes: string | null): Promise<void> {
  const id = await findDraftPerson(trx, recordId);
  if (id === undefined) return;
  await moveLooks(trx, id, becomes);
  await deleteDraftPerson(trx, id);
}
