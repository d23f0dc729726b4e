import { sql } from 'kysely';
import type { Db, Trx } from '#db/mch/tables.ts';

/** Keeps what an entry is at this moment, its texts, times and audience, and which files it has, for good. */
export async function keepVersion(
  trx: Trx,
  { contentId, deed, accountId }: { contentId: string; deed: string; accountId: string },
): Promise<void> {
  await sql`
    insert into content_version (content_id, deed, account_id, entry, files)
    select c.id, ${deed}, ${accountId}, to_jsonb(c) - 'author_name', coalesce((
      select jsonb_agg(jsonb_build_object('name', f.name, 'sha256', encode(f.sha256, 'hex')) order by f.position)
      from content_file f where f.content_id = c.id), '[]')
    from content c where c.id = ${contentId}`.execute(trx);
}

/** What an entry was after a deed. */
export interface KeptVersion {
  at: Date;
  deed: string;
  accountId: string;
  entry: Record<string, unknown>;
  files: { name: string; sha256: string }[];
}

/** What became of an entry, the newest first. */
export async function listVersions(db: Db, contentId: string, limit: number): Promise<KeptVersion[]> {
  return db
    .selectFrom('content_version')
    .select(['at', 'deed', 'account_id as accountId', 'entry', 'files'])
    .where('content_id', '=', contentId)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}
