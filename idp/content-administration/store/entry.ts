import { sql } from 'kysely';
import type { StoredFile } from '#kit/http/attachment.ts';
import type { Trx } from '#db/idp/tables.ts';
import type { ContentKind } from '../types.ts';

type Table = ContentKind['table'];

/** Holds the entry until the transaction ends. @returns its version, undefined when it is gone */
export async function lockVersion(trx: Trx, table: Table, id: string): Promise<number | undefined> {
  const result = await sql<{ version: number }>`
    select version from ${sql.table(table)} where id = ${id} for update`.execute(trx);
  return result.rows[0]?.version;
}

/** Signs a new entry with its author. */
export async function signEntry(trx: Trx, table: Table, id: string, accountId: string): Promise<void> {
  await sql`update ${sql.table(table)} set author_account_id = ${accountId} where id = ${id}`.execute(trx);
}

export async function raiseVersion(trx: Trx, table: Table, id: string, now: Date): Promise<void> {
  await sql`update ${sql.table(table)} set version = version + 1, updated_at = ${now} where id = ${id}`.execute(
    trx,
  );
}

export async function deleteEntry(trx: Trx, table: Table, id: string): Promise<void> {
  await sql`delete from ${sql.table(table)} where id = ${id}`.execute(trx);
}

const MOST_FILES = 20;

/** Attaches one more file. @returns false when there are twenty already */
export async function addAttachment(trx: Trx, announcementId: string, file: StoredFile): Promise<boolean> {
  const { last, count } = await trx
    .selectFrom('announcement_attachment')
    .select(({ fn }) => [fn.max('position').as('last'), fn.countAll<number>().as('count')])
    .where('announcement_id', '=', announcementId)
    .executeTakeFirstOrThrow();
  if (count >= MOST_FILES) return false;
  await trx
    .insertInto('announcement_attachment')
    .values({
      announcement_id: announcementId,
      position: (last ?? -1) + 1,
      name: file.name,
      media_type: file.mediaType,
      size_bytes: file.content.length,
      sha256: file.sha256,
      content: file.content,
    })
    .execute();
  return true;
}

/** @returns the name of the file that is gone, undefined when there was none */
export async function removeAttachment(
  trx: Trx,
  announcementId: string,
  id: string,
): Promise<string | undefined> {
  const gone = await trx
    .deleteFrom('announcement_attachment')
    .where('announcement_id', '=', announcementId)
    .where('id', '=', id)
    .returning('name')
    .executeTakeFirst();
  return gone?.name;
}

/** The units of these codes that there are not. */
export async function unknownUnits(trx: Trx, codes: string[]): Promise<string[]> {
  if (codes.length === 0) return [];
  const rows = await trx.selectFrom('unit').select('code').where('code', 'in', codes).execute();
  return codes.filter((code) => !rows.some((row) => row.code === code));
}
