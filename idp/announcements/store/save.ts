import type { Trx } from '#db/idp/tables.ts';
import type { AnnouncementDraft } from '../draft.ts';

/** A file ready to be kept: its kind recognised, its name made safe. */
export interface NewFile {
  name: string;
  mediaType: string;
  sha256: Buffer;
  content: Buffer;
}

/**
 * Writes the announcement of this slug, new or in place of what it was.
 * @param files all that are attached from now on; `keep` leaves those there are
 * @returns its id
 */
export async function saveAnnouncement(
  trx: Trx,
  draft: AnnouncementDraft,
  files: NewFile[] | 'keep',
  now: Date,
): Promise<string> {
  const { title, body, audience, event } = draft;
  const values = {
    slug: draft.slug,
    kind: draft.kind,
    category: draft.category,
    subsystem_code: draft.system ?? null,
    title: title['zh-TW'],
    title_en: title.en,
    body: body['zh-TW'],
    body_en: body.en,
    state: draft.state,
    publish_from: draft.publishFrom,
    publish_until: draft.publishUntil ?? null,
    sort_order: draft.order,
    signed_in_only: audience.signedIn,
    audience_subsystems: audience.subsystems,
    audience_duties: audience.duties,
    audience_menu_roles: audience.menuRoles,
    audience_units: audience.units,
    event_starts_at: event?.startsAt ?? null,
    event_ends_at: event?.endsAt ?? null,
    event_place: event?.place['zh-TW'] ?? '',
    event_place_en: event?.place.en ?? '',
    updated_at: now,
  };
  const { id } = await trx
    .insertInto('announcement')
    .values(values)
    .onConflict((on) => on.column('slug').doUpdateSet(values))
    .returning('id')
    .executeTakeFirstOrThrow();
  if (files === 'keep') return id;
  await trx.deleteFrom('announcement_attachment').where('announcement_id', '=', id).execute();
  for (const [position, file] of files.entries()) {
    await trx
      .insertInto('announcement_attachment')
      .values({
        announcement_id: id,
        position,
        name: file.name,
        media_type: file.mediaType,
        size_bytes: file.content.length,
        sha256: file.sha256,
        content: file.content,
      })
      .execute();
  }
  return id;
}
