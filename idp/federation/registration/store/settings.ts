import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';

/** What was applied last, and how often something was. */
export async function findSettings(
  db: Db | Trx,
): Promise<{ document: unknown; version: number } | undefined> {
  return db.selectFrom('federation_settings').select(['document', 'version']).executeTakeFirst();
}

export async function saveSettings(trx: Trx, document: object, now: Date): Promise<void> {
  const values = { document: JSON.stringify(document), updated_at: now };
  await trx
    .insertInto('federation_settings')
    .values(values)
    .onConflict((on) =>
      on.column('id').doUpdateSet({ ...values, version: sql<number>`federation_settings.version + 1` }),
    )
    .execute();
}
