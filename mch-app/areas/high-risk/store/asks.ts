import { type RawBuilder, sql } from 'kysely';
import type { About, Values } from '../../../records/index.ts';
import { bandsOf } from '../text-likeness.ts';
import { claimableRows } from './claimable.ts';

/** The due date and the number of fetuses of the pregnancy a case is about. */
export const pregnancyOfCase = ({ parentId }: About): RawBuilder<unknown> => sql`
  select p.edc::text as edc, p.fetus_count from record c join record_pregnancy p on p.record_id = c.parent_id
  where c.id = ${parentId ?? null}`;

/** How often nobody was found of a case's contacts. */
export const lostContacts = ({ parentId }: About): RawBuilder<unknown> => sql`
  select count(*)::int as lost from record r join hr_contact t on t.record_id = r.id
  where r.parent_id = ${parentId ?? null} and r.state <> 'draft' and t.contact_result = 'lost'`;

/**
 * So many are taken of each band, ranked by the bands they share, and compared letter by letter. Phrases that stand in
 * every report fill their bands with thousands; what only two texts say stands in bands of few, which are read whole.
 */
const MOST = { aBand: 200, seen: 100, compared: 20 };

/** The texts of contacts in other cases that are most likely like this one; drafts are nobody's. */
export function likeContacts({ content }: Values, { parentId }: About): RawBuilder<unknown> {
  const bands = bandsOf(typeof content === 'string' ? content : '');
  return sql`
    select coalesce(json_agg(found.content), '[]') as alike from (
      select t.content from (
        select hit.record_id, count(*) as shared from unnest(${bands}::int[]) band cross join lateral (
          select c.record_id from hr_contact c where c.likeness @> array[band] limit ${sql.lit(MOST.aBand)}) hit
        group by hit.record_id order by shared desc limit ${sql.lit(MOST.seen)}) likely
        join hr_contact t on t.record_id = likely.record_id join record r on r.id = t.record_id
      where r.parent_id <> ${parentId ?? null} and r.state <> 'draft'
      order by likely.shared desc limit ${sql.lit(MOST.compared)}) found`;
}

/** How many other children of a delivery have been entered. */
export const childrenOfDelivery = ({ parentId, recordId }: About): RawBuilder<unknown> => sql`
  select count(*)::int as others from record r
  where r.parent_id = ${parentId ?? null} and r.kind = 'hr-newborn' and r.state <> 'draft'
    and r.id is distinct from ${recordId ?? null}`;

/** What a unit could settle of a month, item by item, and what it cannot for want of a day of delivery. */
export const claimable = ({ month }: Values, { actor }: About): RawBuilder<unknown> => sql`
  select count(*) filter (where item is not null)::int as items,
    count(*) filter (where item is null)::int as undelivered
  from (${claimableRows(actor.unit.code, typeof month === 'string' ? month : '')}) found`;
