import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { FileHead, StoredFile } from '#kit/http/attachment.ts';
import type { DownloadDraft, HelpEntryDraft } from './draft.ts';
import type { Download, HelpEntry, HelpKind } from './types.ts';

/** The released entries of a kind, in their order. */
export async function listHelpEntries(db: Db, kind: HelpKind): Promise<HelpEntry[]> {
  const rows = await db
    .selectFrom('help_entry')
    .select(['slug', 'topic', 'title', 'title_en as titleEn', 'body', 'body_en as bodyEn', 'url'])
    .where('kind', '=', kind)
    .where('state', '=', 'released')
    .orderBy('sort_order', 'desc')
    .orderBy('slug')
    .execute();
  return rows.map((row) => ({ ...row, url: row.url ?? undefined }));
}

/** The released files, newest first. Those for signed-in people are listed for everyone. */
export async function listDownloads(db: Db): Promise<Download[]> {
  return db
    .selectFrom('download')
    .select(['id', 'category', 'title', 'title_en as titleEn', 'name', 'size_bytes as sizeBytes'])
    .select(['signed_in_only as signedInOnly', sql<string>`published_on::text`.as('publishedOn')])
    .where('state', '=', 'released')
    .orderBy('sort_order', 'desc')
    .orderBy('published_on', 'desc')
    .orderBy('slug')
    .execute();
}

/** What a released file is, unless it is for signed-in people and nobody is: then `needs_sign_in`. */
export async function findDownload(
  db: Db,
  id: string,
  isSignedIn: boolean,
): Promise<FileHead | 'needs_sign_in' | undefined> {
  const row = await db
    .selectFrom('download')
    .select(['name', 'media_type as mediaType', 'sha256', 'size_bytes as size', 'signed_in_only'])
    .where('id', '=', id)
    .where('state', '=', 'released')
    .executeTakeFirst();
  if (!row) return undefined;
  const { signed_in_only: forSignedIn, ...head } = row;
  return forSignedIn && !isSignedIn ? 'needs_sign_in' : head;
}

/** Bytes of a file from this place on; undefined once it is another. Who may have them was asked before. */
export async function readDownload(
  db: Db,
  of: { id: string; sha256: Buffer },
  from: number,
  length: number,
): Promise<Buffer | undefined> {
  const { rows } = await sql<{ slice: Buffer }>`
    select substring(content from ${from + 1}::int for ${length}::int) as slice from download
    where id = ${of.id} and sha256 = ${of.sha256}`.execute(db);
  return rows[0]?.slice;
}

/** Writes the entry of this slug, new or in place of what it was. @returns its id */
export async function saveHelpEntry(
  trx: Trx,
  kind: HelpKind,
  draft: HelpEntryDraft,
  now: Date,
): Promise<string> {
  const values = {
    slug: draft.slug,
    kind,
    topic: draft.topic,
    title: draft.title['zh-TW'],
    title_en: draft.title.en,
    body: draft.body['zh-TW'],
    body_en: draft.body.en,
    url: 'url' in draft ? draft.url : null,
    sort_order: draft.order,
    state: draft.state,
    updated_at: now,
  };
  const { id } = await trx
    .insertInto('help_entry')
    .values(values)
    .onConflict((on) => on.column('slug').doUpdateSet(values))
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Writes the file of this slug, new or in place of what it was; without a file the one there is stays. @returns its id */
export async function saveDownload(
  trx: Trx,
  draft: DownloadDraft,
  file: StoredFile | undefined,
  now: Date,
): Promise<string> {
  const facts = {
    slug: draft.slug,
    category: draft.category,
    title: draft.title['zh-TW'],
    title_en: draft.title.en,
    published_on: draft.publishedOn,
    sort_order: draft.order,
    signed_in_only: draft.signedIn,
    state: draft.state,
    updated_at: now,
  };
  if (!file) {
    const { id } = await trx
      .updateTable('download')
      .set(facts)
      .where('slug', '=', draft.slug)
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  }
  const values = {
    ...facts,
    name: file.name,
    media_type: file.mediaType,
    size_bytes: file.content.length,
    sha256: file.sha256,
    content: file.content,
  };
  const { id } = await trx
    .insertInto('download')
    .values(values)
    .onConflict((on) => on.column('slug').doUpdateSet(values))
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}
