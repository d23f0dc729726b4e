import type { Db, Trx } from '#db/idp/tables.ts';

/** A professional's card that stands for one account. */
export interface PersonCard {
  id: string;
  accountId: string;
  name: string;
  addedAt: Date;
  lastUsedAt: Date | null;
}

const COLUMNS = [
  'id',
  'account_id as accountId',
  'name',
  'added_at as addedAt',
  'last_used_at as lastUsedAt',
] as const;

/** @returns false when the card is registered already, for whomever */
export async function insertPersonCard(
  trx: Trx,
  card: {
    accountId: string;
    issuer: string;
    serial: string;
    cardNo: string | undefined;
    name: string;
    addedAt: Date;
  },
): Promise<boolean> {
  const result = await trx
    .insertInto('person_card')
    .values({
      account_id: card.accountId,
      issuer: card.issuer,
      serial: card.serial,
      card_no: card.cardNo ?? null,
      name: card.name,
      added_at: card.addedAt,
      last_used_at: null,
    })
    .onConflict((conflict) => conflict.columns(['issuer', 'serial']).doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function listPersonCards(db: Db | Trx, accountId: string): Promise<PersonCard[]> {
  const cards = db.selectFrom('person_card').select(COLUMNS).where('account_id', '=', accountId);
  return cards.orderBy('added_at').execute();
}

/** Notes a use of the account's own card. @returns false when it is not registered with the account */
export async function recordCardUse(
  db: Db | Trx,
  accountId: string,
  { issuer, serial }: { issuer: string; serial: string },
  at: Date,
): Promise<boolean> {
  const result = await db
    .updateTable('person_card')
    .set({ last_used_at: at })
    .where('account_id', '=', accountId)
    .where('issuer', '=', issuer)
    .where('serial', '=', serial)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function renamePersonCard(trx: Trx, accountId: string, id: string, name: string): Promise<void> {
  await trx
    .updateTable('person_card')
    .set({ name })
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .execute();
}

export async function deletePersonCard(trx: Trx, accountId: string, id: string): Promise<void> {
  await trx.deleteFrom('person_card').where('id', '=', id).where('account_id', '=', accountId).execute();
}
