import { sql } from 'kysely';
import type { Db, Trx } from '#db/mch/tables.ts';
import type { FileHead, StoredFile } from '#kit/http/attachment.ts';
import { fileTables } from '../define.ts';
import type { RecordKind } from '../types.ts';

/** What is said of a file beside its bytes. */
export interface FileLine {
  slot: string;
  name: string;
  size: number;
  addedByName: string;
  addedAt: Date;
}

/** The table of a kind's files: `record_id` and `slot`, then what `keepFile` writes. */
const tableOf = (kind: RecordKind) => sql.table(fileTables(kind)[0] ?? '');

export async function listFiles(db: Db | Trx, kind: RecordKind, recordId: string): Promise<FileLine[]> {
  if (kind.files.length === 0) return [];
  const { rows } = await sql<FileLine>`
    select slot, name, size, added_by_name as "addedByName", added_at as "addedAt" from ${tableOf(kind)}
    where record_id = ${recordId}`.execute(db);
  return rows;
}

export async function findFile(
  db: Db,
  kind: RecordKind,
  recordId: string,
  slot: string,
): Promise<FileHead | undefined> {
  if (!kind.files.includes(slot)) return undefined;
  const { rows } = await sql<FileHead>`
    select name, media_type as "mediaType", sha256, size from ${tableOf(kind)}
    where record_id = ${recordId} and slot = ${slot}`.execute(db);
  return rows[0];
}

/** Bytes of a file that was found, from this place on; undefined once another stands in its slot. */
export async function readSlice(
  db: Db,
  kind: RecordKind,
  of: { recordId: string; slot: string; sha256: Buffer },
  { from, length }: { from: number; length: number },
): Promise<Buffer | undefined> {
  const { rows } = await sql<{ slice: Buffer }>`
    select substring(content from ${from + 1}::int for ${length}::int) as slice from ${tableOf(kind)}
    where record_id = ${of.recordId} and slot = ${of.slot} and sha256 = ${of.sha256}`.execute(db);
  return rows[0]?.slice;
}

/** Keeps a file in its slot, in place of the one before. */
export async function keepFile(
  trx: Trx,
  kind: RecordKind,
  of: { recordId: string; slot: string; file: StoredFile; byName: string; at: Date },
): Promise<void> {
  const { recordId, slot, file, byName, at } = of;
  await sql`
    insert into ${tableOf(kind)} (record_id, slot, name, media_type, sha256, size, content, added_by_name, added_at)
    values (${recordId}, ${slot}, ${file.name}, ${file.mediaType}, ${file.sha256}, ${file.content.length}::int,
      ${file.content}, ${byName}, ${at})
    on conflict (record_id, slot) do update set name = excluded.name, media_type = excluded.media_type,
      sha256 = excluded.sha256, size = excluded.size, content = excluded.content,
      added_by_name = excluded.added_by_name, added_at = excluded.added_at`.execute(trx);
}
