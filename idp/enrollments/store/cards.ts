import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { VerifiedCard } from '../../authenticators/index.ts';

/**
 * Takes one of the tries left before the card is looked at, in one statement.
 * @returns the unit the card must prove, or undefined when no card is asked for or no try is left
 */
export async function reserveCardTry(db: Db, id: string, limit: number): Promise<string | undefined> {
  const row = await db
    .updateTable('enrollment')
    .set((columns) => ({ hca_failures: sql<number>`${columns.ref('hca_failures')} + 1` }))
    .where('id', '=', id)
    .where('status', '=', 'pending_hca')
    .where('hca_failures', '<', limit)
    .returning('unit_code')
    .executeTakeFirst();
  return row?.unit_code ?? undefined;
}

/** Gives a reserved try back: it was no failure of the card's. */
export async function releaseCardTry(db: Db | Trx, id: string): Promise<void> {
  await db
    .updateTable('enrollment')
    .set((columns) => ({ hca_failures: sql<number>`${columns.ref('hca_failures')} - 1` }))
    .where('id', '=', id)
    .where('hca_failures', '>', 0)
    .execute();
}

/** Which card opened the account. */
export async function saveCard(
  trx: Trx,
  of: { enrollmentId: string; unitCode: string; at: Date },
  card: VerifiedCard,
): Promise<void> {
  await trx
    .insertInto('enrollment_card')
    .values({
      enrollment_id: of.enrollmentId,
      unit_code: of.unitCode,
      issuer: card.issuer,
      serial: card.serial,
      card_no: card.cardNo ?? null,
      verified_at: of.at,
    })
    .execute();
}
