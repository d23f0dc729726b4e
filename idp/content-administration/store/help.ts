import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Stored } from '../types.ts';

/** A question, a step of the guide or a link as its editor wrote it. */
export async function findHelpEntry(
  db: Db | Trx,
  kind: 'question' | 'guide' | 'link',
  id: string,
): Promise<Stored | undefined> {
  const row = await db
    .selectFrom('help_entry')
    .selectAll()
    .where('id', '=', id)
    .where('kind', '=', kind)
    .executeTakeFirst();
  return (
    row && {
      id: row.id,
      version: row.version,
      authorAccountId: row.author_account_id ?? undefined,
      files: [],
      draft: {
        slug: row.slug,
        topic: row.topic,
        title: { 'zh-TW': row.title, en: row.title_en },
        body: { 'zh-TW': row.body, en: row.body_en },
        url: row.url ?? undefined,
        order: row.sort_order,
        state: row.state,
      },
    }
  );
}

/** A file of the download page, without its bytes. */
export async function findDownloadEntry(db: Db | Trx, id: string): Promise<Stored | undefined> {
  const row = await db
    .selectFrom('download')
    .select(['id', 'version', 'author_account_id', 'slug', 'category', 'title', 'title_en', 'name'])
    .select(['size_bytes', 'sort_order', 'signed_in_only', 'state'])
    .select(sql<string>`published_on::text`.as('published_on'))
    .where('id', '=', id)
    .executeTakeFirst();
  return (
    row && {
      id: row.id,
      version: row.version,
      authorAccountId: row.author_account_id ?? undefined,
      files: [{ id: row.id, name: row.name, sizeBytes: row.size_bytes }],
      draft: {
        slug: row.slug,
        category: row.category,
        title: { 'zh-TW': row.title, en: row.title_en },
        publishedOn: row.published_on,
        order: row.sort_order,
        signedIn: row.signed_in_only,
        state: row.state,
      },
    }
  );
}
