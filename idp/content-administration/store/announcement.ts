import type { Db, Trx } from '#db/idp/tables.ts';
import type { Stored } from '../types.ts';

/** An announcement or event as its editor wrote it. */
export async function findAnnouncementEntry(
  db: Db | Trx,
  kind: 'announcement' | 'event',
  id: string,
): Promise<Stored | undefined> {
  const row = await db
    .selectFrom('announcement')
    .selectAll()
    .where('id', '=', id)
    .where('kind', '=', kind)
    .executeTakeFirst();
  if (!row) return undefined;
  const files = await db
    .selectFrom('announcement_attachment')
    .select(['id', 'name', 'size_bytes as sizeBytes'])
    .where('announcement_id', '=', id)
    .orderBy('position')
    .execute();
  const event = row.event_starts_at && {
    startsAt: row.event_starts_at,
    endsAt: row.event_ends_at ?? undefined,
    place: { 'zh-TW': row.event_place, en: row.event_place_en },
  };
  return {
    id: row.id,
    version: row.version,
    authorAccountId: row.author_account_id ?? undefined,
    files,
    draft: {
      slug: row.slug,
      kind,
      category: row.category,
      system: row.subsystem_code ?? undefined,
      title: { 'zh-TW': row.title, en: row.title_en },
      body: { 'zh-TW': row.body, en: row.body_en },
      state: row.state,
      publishFrom: row.publish_from,
      publishUntil: row.publish_until ?? undefined,
      order: row.sort_order,
      audience: {
        signedIn: row.signed_in_only,
        subsystems: row.audience_subsystems,
        duties: row.audience_duties,
        menuRoles: row.audience_menu_roles,
        units: row.audience_units,
      },
      ...(event && { event }),
    },
  };
}
