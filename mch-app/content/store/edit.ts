import { type RawBuilder, sql } from 'kysely';
import { keysetAfter, keysetOrder } from '#db/keyset.ts';
import type { ContentTable } from '#db/mch/content-tables.ts';
import type { Db, Trx } from '#db/mch/tables.ts';
import type { FileHead, StoredFile } from '#kit/http/attachment.ts';
import type { Insertable, Updateable } from 'kysely';
import type { Entry, EntryLine, Reader } from '../types.ts';
import { filesOf, isFor } from './read.ts';

export type NewEntry = Insertable<ContentTable>;
export type EntryChange = Updateable<ContentTable>;

/** One entry as its editor wrote it. @param how whether to hold it until the transaction ends */
export async function findEntry(
  db: Db | Trx,
  id: string,
  how: { lock?: true } = {},
): Promise<Entry | undefined> {
  // held before it is read: a statement that waits for the lock would still see the files of before
  if (how.lock) await db.selectFrom('content').select('id').where('id', '=', id).forUpdate().execute();
  const row = await db
    .selectFrom('content as c')
    .selectAll('c')
    .select(filesOf.as('files'))
    .where('c.id', '=', id)
    .executeTakeFirst();
  if (!row) return undefined;
  const event = row.event_starts_at && {
    startsAt: row.event_starts_at,
    endsAt: row.event_ends_at ?? undefined,
    place: { 'zh-TW': row.event_place, en: row.event_place_en },
  };
  return {
    id: row.id,
    type: row.type,
    state: row.state,
    publishFrom: row.publish_from,
    publishUntil: row.publish_until ?? undefined,
    version: row.version,
    authorAccount: row.author_account,
    authorName: row.author_name,
    files: row.files,
    draft: {
      category: row.category,
      title: { 'zh-TW': row.title, en: row.title_en },
      body: { 'zh-TW': row.body, en: row.body_en },
      url: row.url ?? undefined,
      ...(event && { event }),
      publishFrom: row.publish_from,
      publishUntil: row.publish_until ?? undefined,
      order: row.sort_order,
      inMarquee: row.in_marquee,
      audience: {
        duties: row.audience_duties,
        menuRoles: row.audience_menu_roles,
        unitKinds: row.audience_unit_kinds,
        units: row.audience_units,
      },
    },
  };
}

/** @returns false when there is an entry of this id already */
export async function insertEntry(trx: Trx, entry: NewEntry): Promise<boolean> {
  const inserted = await trx
    .insertInto('content')
    .values(entry)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function updateEntry(trx: Trx, id: string, change: EntryChange): Promise<void> {
  await trx
    .updateTable('content')
    .set({ ...change, version: sql`version + 1` })
    .where('id', '=', id)
    .execute();
}

export async function deleteEntry(trx: Trx, id: string): Promise<void> {
  await trx.deleteFrom('content').where('id', '=', id).execute();
}

/** Adds a file after those there are; the same file again is none. @returns whether it was added */
export async function insertFile(trx: Trx, contentId: string, file: StoredFile): Promise<boolean> {
  const { rows } = await sql`
    insert into content_file (content_id, position, name, media_type, size, sha256, content)
    select ${contentId}, coalesce(max(position), -1) + 1, ${file.name}, ${file.mediaType}, ${file.content.length}::int,
      ${file.sha256}, ${file.content} from content_file where content_id = ${contentId}
    having not coalesce(bool_or(name = ${file.name} and sha256 = ${file.sha256}), false)
    returning id`.execute(trx);
  return rows.length > 0;
}

/** @returns whether there was one */
export async function deleteFile(trx: Trx, contentId: string, id: string): Promise<boolean> {
  const gone = await trx
    .deleteFrom('content_file')
    .where('content_id', '=', contentId)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  return gone !== undefined;
}

/** A file of an entry, whoever may read the entry. */
export async function findAnyFile(db: Db, contentId: string, id: string): Promise<FileHead | undefined> {
  return db
    .selectFrom('content_file')
    .select(['name', 'media_type as mediaType', 'sha256', 'size'])
    .where('content_id', '=', contentId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** The units of these codes that nobody knows. */
export async function unknownUnits(trx: Trx, codes: readonly string[]): Promise<string[]> {
  if (codes.length === 0) return [];
  const rows = await trx.selectFrom('unit').select('code').where('code', 'in', codes).execute();
  return codes.filter((code) => !rows.some((row) => row.code === code));
}

/** One page of what `viewer` may know of: their own and what they are told; all for the national administration. */
export async function listEntries(
  db: Db,
  filters: { showing?: string; type?: string; category?: string; keyword?: string },
  viewer: Reader & { isNational: boolean },
  page: { after?: { value: string; id: string }; limit: number },
): Promise<EntryLine[]> {
  const { showing, type, category, keyword } = filters;
  const like = keyword && `%${keyword.replace(/[\\%_]/g, '\\$&')}%`;
  const position = { descending: true, ...(page.after && { after: page.after }) };
  const conditions: RawBuilder<unknown>[] = [
    sql`${keysetAfter('c.publish_from', 'c.id', position)}`,
    ...(viewer.isNational ? [] : [sql`(c.author_account = ${viewer.accountId} or ${isFor(viewer)})`]),
    ...(type ? [sql`c.type = ${type}`] : []),
    ...(category ? [sql`c.category = ${category}`] : []),
    ...(showing
      ? [
          sql`c.state = 'released' and c.publish_from <= ${viewer.now} and (c.publish_until is null or c.publish_until > ${viewer.now})`,
        ]
      : []),
    ...(like ? [sql`concat_ws(E'\n', c.title, c.title_en) ilike ${like}`] : []),
  ];
  const { rows } = await sql<
    Omit<EntryLine, 'publishUntil'> & {
      publishUntil: Date | null;
    }
  >`
    select c.id, c.publish_from::text as position, c.type, c.title, c.title_en as "titleEn", c.state,
      c.publish_from as "publishFrom", c.publish_until as "publishUntil", c.author_account as "authorAccount",
      c.author_name as "authorName", c.sort_order as "order"
    from content c where ${sql.join(conditions, sql` and `)}
    order by ${keysetOrder('c.publish_from', 'c.id', position)} limit ${page.limit}`.execute(db);
  return rows.map(({ publishUntil, ...row }) => ({ ...row, publishUntil: publishUntil ?? undefined }));
}

/** Whether anybody has written anything. */
export async function hasContent(db: Db): Promise<boolean> {
  return (await db.selectFrom('content').select('id').limit(1).executeTakeFirst()) !== undefined;
}
