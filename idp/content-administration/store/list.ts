import { type RawBuilder, sql } from 'kysely';
import { keysetAfter, keysetOrder } from '#db/keyset.ts';
import type { Db } from '#db/idp/tables.ts';
import type { ListScope } from '../../console-lists/index.ts';

export type ContentFilter = 'kind' | 'system' | 'showing' | 'keyword';
export type ContentSort = 'from' | 'changed' | 'order' | 'title';

export interface ContentRow {
  id: string;
  position: string;
  kind: string;
  title: string;
  titleEn: string;
  category: string;
  subsystemCode: string | null;
  from: Date | null;
  until: Date | null;
  state: string;
  order: number;
  author: string | null;
  authorAccountId: string | null;
}

const SORTS: Record<ContentSort, string> = {
  from: 'c.from_at',
  changed: 'c.changed',
  order: 'c.sort',
  title: 'c.title',
};

/** All content in one shape. A window that comes every week is there from when it was written. */
const content = sql`(
  select id::text, kind, title, title_en, category, subsystem_code, publish_from as from_at, publish_until as until_at,
    state, sort_order as sort, author_account_id, updated_at as changed, audience_units from announcement
  union all
  select id::text, kind, title, title_en, topic, null, updated_at, null, state, sort_order, author_account_id,
    updated_at, '{}' from help_entry
  union all
  select id::text, 'download', title, title_en, category, null, published_on::timestamptz, null, state, sort_order,
    author_account_id, updated_at, '{}' from download
  union all
  select id::text, 'notice', text, text_en, '', null, starts_at, ends_at, 'released', sort_order, author_account_id,
    updated_at, '{}' from notice
  union all
  select id::text, 'window', coalesce(nullif(reason, ''), slug), reason_en, mode, subsystem_code,
    coalesce(starts_at, valid_from, updated_at), coalesce(starts_at + duration_minutes * interval '1 minute', valid_until),
    case when cancelled then 'archived' else 'released' end, 0, author_account_id, updated_at, '{}' from maintenance_window
) c`;

/** One page of everything the caller may see: the agency all of it, a unit its own and what is for it. */
export async function listContent(
  db: Db,
  scope: ListScope<ContentFilter, ContentSort>,
  limit: number,
): Promise<ContentRow[]> {
  const { request } = scope;
  const sort = SORTS[request.sort];
  const rows = await sql<ContentRow>`
    select c.id, ${sql.ref(sort)}::text as position, c.kind, c.title, c.title_en as "titleEn", c.category,
      c.subsystem_code as "subsystemCode", c.from_at as "from", c.until_at as "until", c.state, c.sort as "order",
      a.name as author, c.author_account_id as "authorAccountId"
    from ${content} left join account a on a.id = c.author_account_id
    where ${matching(scope)} and ${keysetAfter(sort, 'c.id', request)}
    order by ${keysetOrder(sort, 'c.id', request)} limit ${limit}`.execute(db);
  return rows.rows;
}

export async function countContent(
  db: Db,
  scope: ListScope<ContentFilter, ContentSort>,
  upTo: number,
): Promise<number> {
  const result = await sql<{ count: number }>`
    select count(*) as count from (select 1 from ${content} where ${matching(scope)} limit ${upTo}) found`.execute(
    db,
  );
  return result.rows[0]?.count ?? 0;
}

function matching({ request, reach, caller }: ListScope<ContentFilter, ContentSort>): RawBuilder<boolean> {
  const { kind, system, showing, keyword } = request.filters;
  const like = keyword && `%${keyword.replace(/[\\%_]/g, '\\$&')}%`;
  const conditions = [
    ...(reach.nation
      ? []
      : [
          sql<boolean>`c.kind in ('announcement', 'event')
            and (c.author_account_id = ${caller.accountId} or c.audience_units && ${reach.unitCodes}::text[])`,
        ]),
    ...(kind ? [sql<boolean>`c.kind = ${kind}`] : []),
    ...(system ? [sql<boolean>`coalesce(c.subsystem_code, 'portal') = ${system}`] : []),
    ...(showing
      ? [
          sql<boolean>`c.state = 'released' and c.from_at <= now() and (c.until_at is null or c.until_at > now())`,
        ]
      : []),
    ...(like ? [sql<boolean>`concat_ws(E'\\n', c.title, c.title_en) ilike ${like}`] : []),
    sql<boolean>`true`,
  ];
  return sql`${sql.join(conditions, sql` and `)}`;
}
