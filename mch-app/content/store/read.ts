import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#db/mch/tables.ts';
import type { FileHead } from '#kit/http/attachment.ts';
import type { Content, ContentFilter, ContentKind, News, NewsLine, Reader } from '../types.ts';

/**
 * M-04, the only place that says who may read content `c`: it is published, and the account one acts as meets every
 * condition that is set.
 */
export function isFor({ duty, menuRoles, unitCode, unitKind, now }: Reader): RawBuilder<boolean> {
  return sql<boolean>`(
    c.state = 'released' and c.publish_from <= ${now} and (c.publish_until is null or c.publish_until > ${now})
    and (c.audience_duties = '{}' or ${duty} = any(c.audience_duties))
    and (c.audience_menu_roles = '{}' or c.audience_menu_roles && ${[...menuRoles]}::text[])
    and (c.audience_unit_kinds = '{}' or ${unitKind} = any(c.audience_unit_kinds))
    and (c.audience_units = '{}' or ${unitCode} = any(c.audience_units))
  )`;
}

export const filesOf = sql<Content['files']>`coalesce((
  select jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'size', f.size) order by f.position)
  from content_file f where f.content_id = c.id), '[]')`;

const BODY = sql`c.body, c.body_en as "bodyEn"`;
/** Of a list that tells only titles. */
const NO_BODY = sql`'' as body, '' as "bodyEn"`;
const columnsOf = (
  body: RawBuilder<unknown>,
) => sql`c.id, c.type, c.category, c.title, c.title_en as "titleEn", ${body}, c.url,
  c.published_on::text as "publishedOn", c.event_starts_at as "startsAt", c.event_ends_at as "endsAt",
  c.event_place as place, c.event_place_en as "placeEn", ${filesOf} as files`;

interface Row extends Omit<Content, 'event'> {
  startsAt: Date | null;
  endsAt: Date | null;
  place: string;
  placeEn: string;
}

const contentOf = ({ startsAt, endsAt, place, placeEn, ...row }: Row): Content => ({
  ...row,
  event: startsAt ? { startsAt, endsAt, place, placeEn } : undefined,
});

const ORDERS: Record<ContentKind['order'], readonly [string, string]> = {
  newest: ['c.published_on', 'c.sort_order'],
  ordered: ['c.sort_order', 'c.published_on'],
};

/**
 * What this reader may see of one type, in one round trip.
 * @returns one page and one line more when there is another, each with its place in the list, and how many there are
 */
export async function listContent(
  db: Db,
  reader: Reader,
  { kind, category, keyword, after, limit }: ContentFilter,
): Promise<{ total: number; lines: (Content & { position: string })[] }> {
  const like = keyword && `%${keyword.replace(/[\\%_]/g, '\\$&')}%`;
  const conditions = [
    sql<boolean>`c.type = ${kind.type}`,
    isFor(reader),
    ...(category ? [sql<boolean>`c.category = ${category}`] : []),
    ...(like ? [sql<boolean>`concat_ws(E'\n', c.title, c.title_en, c.body, c.body_en) ilike ${like}`] : []),
  ];
  const matches = sql.join(conditions, sql` and `);
  const [first, second] = ORDERS[kind.order].map((column) => sql.ref(column));
  const [one = '', two = ''] = after?.value.split(' ') ?? [];
  const types = kind.order === 'newest' ? ['date', 'integer'] : ['integer', 'date'];
  const later = after
    ? sql`and (${first}, ${second}, c.id) < (${one}::${sql.raw(types[0] ?? '')}, ${two}::${sql.raw(types[1] ?? '')},
        ${after.id}::uuid)`
    : sql``;
  const { rows } = await sql<Row & { total: number; position: string }>`
    select ${columnsOf(kind.isReadInList ? BODY : NO_BODY)}, concat_ws(' ', ${first}::text, ${second}::text) as position,
      (select count(*) from content c where ${matches}) as total
    from content c where ${matches} ${later}
    order by ${first} desc, ${second} desc, c.id desc limit ${limit}`.execute(db);
  return {
    total: rows[0]?.total ?? 0,
    lines: rows.map(({ total: _, position, ...row }) => ({ ...contentOf(row), position })),
  };
}

/** One entry this reader may see, with its files. */
export async function findContent(
  db: Db,
  reader: Reader,
  kind: ContentKind,
  id: string,
): Promise<Content | undefined> {
  const { rows } = await sql<Row>`
    select ${columnsOf(BODY)} from content c where c.id = ${id} and c.type = ${kind.type} and ${isFor(reader)}`.execute(
    db,
  );
  return rows[0] && contentOf(rows[0]);
}

/** What a file of an entry this reader may see is called and is; its bytes: `readSlice`. */
export async function findFile(
  db: Db,
  reader: Reader,
  of: { kind: ContentKind; contentId: string; id: string },
): Promise<FileHead | undefined> {
  const { rows } = await sql<FileHead>`
    select f.name, f.media_type as "mediaType", f.sha256, f.size from content_file f
    join content c on c.id = f.content_id
    where f.id = ${of.id} and c.id = ${of.contentId} and c.type = ${of.kind.type} and ${isFor(reader)}`.execute(
    db,
  );
  return rows[0];
}

/** Bytes of a file from this place on; undefined once it was taken away. Who may have them was asked before. */
export async function readSlice(
  db: Db,
  id: string,
  from: number,
  length: number,
): Promise<Buffer | undefined> {
  const { rows } = await sql<{ slice: Buffer }>`
    select substring(content from ${from + 1}::int for ${length}::int) as slice from content_file
    where id = ${id}`.execute(db);
  return rows[0]?.slice;
}

const MOST_NEWS = 5;
/** Older ones are not new to anybody, whether seen or not. */
const NEWS_DAYS = 30;

/** M-01: the newest announcements this reader may see, and of those marked for it the marquee; part of a statement. */
export function newsOf(reader: Reader): RawBuilder<News> {
  return sql<News>`jsonb_build_object('lines', ${newest(reader, sql`true`)}, 'marquee', ${newest(reader, sql`c.in_marquee`)})`;
}

function newest(reader: Reader, condition: RawBuilder<unknown>): RawBuilder<NewsLine[]> {
  return sql`coalesce((select jsonb_agg(jsonb_build_object('id', n.id, 'category', n.category, 'title', n.title,
      'titleEn', n.title_en, 'publishedOn', n.published_on::text, 'isNew', n.publish_from > greatest(
        ${reader.now}::timestamptz - make_interval(days => ${NEWS_DAYS}::integer),
        (select seen_at from content_seen where account_id = ${reader.accountId})))
      order by n.published_on desc, n.sort_order desc, n.id desc)
    from (select * from content c where c.type = 'announcement' and ${condition} and ${isFor(reader)}
      order by c.published_on desc, c.sort_order desc, c.id desc limit ${MOST_NEWS}::integer) n), '[]')`;
}

/** The account has seen the announcements as they are at `now`. */
export async function markSeen(db: Db, accountId: string, now: Date): Promise<void> {
  await db
    .insertInto('content_seen')
    .values({ account_id: accountId, seen_at: now })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet({ seen_at: now }))
    .execute();
}
