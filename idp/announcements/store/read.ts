import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';
import type { FileHead } from '#kit/http/attachment.ts';
import type { Announcement, AnnouncementFilter, AnnouncementLine, Attachment, Reader } from '../types.ts';

/**
 * P-25, the only place that says who may read announcement `a`: it is published, and either for everyone, or for
 * those signed in, or for a person of whom one active bound account meets each condition that is set.
 */
export function isFor({ accountId, now }: Reader): RawBuilder<boolean> {
  const person = accountId ?? null;
  return sql<boolean>`(
    a.state = 'released' and a.publish_from <= ${now} and (a.publish_until is null or a.publish_until > ${now})
    and (not a.signed_in_only or ${person}::uuid is not null)
    and (
      cardinality(a.audience_subsystems || a.audience_duties || a.audience_menu_roles || a.audience_units) = 0
      or exists (
        -- read once for all announcements
        with mine as materialized (
          select sa.subsystem_code, sa.duty, sa.menu_roles, sa.unit_code from binding b
          join subsystem_account sa on sa.id = b.subsystem_account_id and sa.account_id = b.account_id
          join subsystem s on s.code = sa.subsystem_code
          where b.account_id = ${person}::uuid and sa.status = 'active' and s.status = 'active'
        )
        select 1 from mine
        where (a.audience_subsystems = '{}' or mine.subsystem_code = any(a.audience_subsystems))
          and (a.audience_duties = '{}' or mine.duty = any(a.audience_duties))
          and (a.audience_menu_roles = '{}' or mine.menu_roles && a.audience_menu_roles)
          and (a.audience_units = '{}' or mine.unit_code = any(a.audience_units))
      )
    )
  )`;
}

const line = sql`a.id, a.kind, a.category, a.subsystem_code, a.title, a.title_en, a.published_on::text as published_on,
  a.sort_order, a.event_starts_at, a.event_ends_at, a.event_place, a.event_place_en`;

interface Row {
  id: string;
  kind: AnnouncementLine['kind'];
  category: string;
  subsystem_code: string | null;
  title: string;
  title_en: string;
  published_on: string;
  sort_order: number;
  event_starts_at: Date | null;
  event_ends_at: Date | null;
  event_place: string;
  event_place_en: string;
}

/**
 * What this reader may see, newest day first, within a day by order. One round trip.
 * @returns one page, whether there is more, and, when `counted`, how many match in all
 */
export async function listAnnouncements(
  db: Db,
  reader: Reader,
  filter: AnnouncementFilter,
): Promise<{ total: number; more: boolean; lines: AnnouncementLine[] }> {
  const matches = matching(reader, filter);
  const { olderThan } = filter;
  const older =
    olderThan &&
    sql`and (a.published_on, a.sort_order, a.id)
      < (${olderThan.publishedOn}::date, ${olderThan.sortOrder}::integer, ${olderThan.id}::uuid)`;
  const total = filter.counted ? sql`(select count(*) from announcement a where ${matches})` : sql`0::bigint`;
  const result = await sql<Row & { total: number }>`
    select ${line}, ${total} as total from announcement a where ${matches} ${older ?? sql``}
    order by a.published_on desc, a.sort_order desc, a.id desc limit ${filter.limit + 1}`.execute(db);
  const rows = result.rows.slice(0, filter.limit);
  return {
    total: result.rows[0]?.total ?? 0,
    more: result.rows.length > rows.length,
    lines: rows.map(toLine),
  };
}

function matching(
  reader: Reader,
  { kind, category, system, keyword }: AnnouncementFilter,
): RawBuilder<boolean> {
  const like = `%${(keyword ?? '').trim().replace(/[\\%_]/g, '\\$&')}%`;
  const conditions = [
    sql<boolean>`a.kind = ${kind}`,
    isFor(reader),
    ...(category ? [sql<boolean>`a.category = ${category}`] : []),
    ...(system ? [sql<boolean>`coalesce(a.subsystem_code, 'portal') = ${system}`] : []),
    ...(like === '%%'
      ? []
      : [sql<boolean>`concat_ws(E'\n', a.title, a.title_en, a.body, a.body_en) ilike ${like}`]),
  ];
  return sql`${sql.join(conditions, sql` and `)}`;
}

function toLine(row: Row): AnnouncementLine {
  return {
    id: row.id,
    kind: row.kind,
    category: row.category,
    subsystemCode: row.subsystem_code ?? undefined,
    title: row.title,
    titleEn: row.title_en,
    publishedOn: row.published_on,
    sortOrder: row.sort_order,
    event: row.event_starts_at
      ? {
          startsAt: row.event_starts_at,
          endsAt: row.event_ends_at ?? undefined,
          place: row.event_place,
          placeEn: row.event_place_en,
        }
      : undefined,
  };
}

/** One announcement or event this reader may see, with what is attached to it. */
export async function findAnnouncement(
  db: Db,
  reader: Reader,
  kind: AnnouncementLine['kind'],
  id: string,
): Promise<Announcement | undefined> {
  const result = await sql<Row & { body: string; body_en: string; attachments: Attachment[] }>`
    select ${line}, a.body, a.body_en, coalesce((
      select jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'sizeBytes', f.size_bytes) order by f.position)
      from announcement_attachment f where f.announcement_id = a.id), '[]') as attachments
    from announcement a where a.id = ${id} and a.kind = ${kind} and ${isFor(reader)}`.execute(db);
  const row = result.rows[0];
  return row && { ...toLine(row), body: row.body, bodyEn: row.body_en, attachments: row.attachments };
}

/** An attachment of an announcement this reader may see. */
export async function findAttachment(
  db: Db,
  reader: Reader,
  announcementId: string,
  id: string,
): Promise<FileHead | undefined> {
  const result = await sql<FileHead>`
    select f.name, f.media_type as "mediaType", f.sha256, octet_length(f.content) as size from announcement_attachment f
    join announcement a on a.id = f.announcement_id
    where f.id = ${id} and a.id = ${announcementId} and ${isFor(reader)}`.execute(db);
  return result.rows[0];
}

/** Bytes of a file from this place on; undefined once it was taken away. Who may have them was asked before. */
export async function readAttachment(
  db: Db,
  id: string,
  from: number,
  length: number,
): Promise<Buffer | undefined> {
  const { rows } = await sql<{ slice: Buffer }>`
    select substring(content from ${from + 1}::int for ${length}::int) as slice from announcement_attachment
    where id = ${id}`.execute(db);
  return rows[0]?.slice;
}
