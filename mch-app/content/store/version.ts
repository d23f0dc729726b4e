import { sql } from 'kysely';
import type { Trx } from '#db/mch/tables.ts';

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
