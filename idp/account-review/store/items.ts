import { type SqlBool, sql } from 'kysely';
import type { AccountRole, Db, Trx } from '#db/idp/tables.ts';
import { type Reach, whereInReach } from '../../permissions/index.ts';
import type { ItemState, ReviewItem } from '../types.ts';

export interface ItemQuery {
  state?: string;
  unit?: string;
  login?: string;
}

export interface ItemRow {
  id: string;
  position: string;
  login: string;
  name: string;
  role: AccountRole;
  unitCode: string;
  unitName: string;
  lastSignInAt: Date | null;
  state: ItemState;
  decidedBy: string | null;
}

/** Of the newest round, within reach. */
function matching(db: Db, reach: Reach, { state, unit, login }: ItemQuery) {
  let rows = db
    .selectFrom('account_review_item as i')
    .innerJoin('account as a', 'a.id', 'i.account_id')
    .innerJoin('unit as u', 'u.code', 'i.unit_code')
    .leftJoin('account as d', 'd.id', 'i.decided_by')
    .where('i.period', '=', (eb) =>
      eb.selectFrom('account_review').select(sql<string>`max(period)`.as('period')),
    )
    .where(whereInReach(reach, 'i.unit_code'));
  if (state !== undefined) rows = rows.where(sql<SqlBool>`i.state = ${state}`);
  if (unit !== undefined) rows = rows.where('i.unit_code', '=', unit);
  if (login !== undefined) rows = rows.where('a.login_name', '=', login.toLowerCase());
  return rows;
}

export async function listItems(
  db: Db,
  reach: Reach,
  query: ItemQuery,
  page: { descending: boolean; after?: { value: string; id: string }; limit: number },
): Promise<ItemRow[]> {
  const direction = page.descending ? 'desc' : 'asc';
  let rows = matching(db, reach, query);
  if (page.after) {
    const { value } = page.after;
    rows = rows.where('a.login_name', page.descending ? '<' : '>', value);
  }
  return rows
    .select(['a.id', 'a.login_name as login', 'a.login_name as position', 'a.name', 'a.role', 'i.state'])
    .select(['i.unit_code as unitCode', 'u.name as unitName', 'a.last_sign_in_at as lastSignInAt'])
    .select('d.login_name as decidedBy')
    .orderBy('a.login_name', direction)
    .limit(page.limit)
    .execute();
}

export async function countItems(db: Db, reach: Reach, query: ItemQuery, upTo: number): Promise<number> {
  const some = matching(db, reach, query).select('i.account_id').limit(upTo).as('some');
  const { count } = await db
    .selectFrom(some)
    .select(sql<number>`count(*)::int`.as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** How far each county is, the unfinished ones leading. */
export async function progressByCounty(
  db: Db,
  reach: Reach,
): Promise<{ county: string; done: number; open: number }[]> {
  return matching(db, reach, {})
    .select('u.county')
    .select(sql<number>`count(*) filter (where i.state <> 'open')::int`.as('done'))
    .select(sql<number>`count(*) filter (where i.state = 'open')::int`.as('open'))
    .groupBy('u.county')
    .orderBy('u.county')
    .execute();
}

/** Holds an account's item of the newest round until the transaction ends. */
export async function lockItem(trx: Trx, accountId: string): Promise<ReviewItem | undefined> {
  return trx
    .selectFrom('account_review_item as i')
    .innerJoin('account_review as r', 'r.period', 'i.period')
    .innerJoin('account as a', 'a.id', 'i.account_id')
    .select(['i.period', 'i.account_id as accountId', 'i.unit_code as unitCode', 'a.role', 'i.state'])
    .select('r.due_at as dueAt')
    .where('i.account_id', '=', accountId)
    .orderBy('i.period', 'desc')
    .limit(1)
    .forUpdate('i')
    .executeTakeFirst();
}

export async function confirmItem(trx: Trx, item: ReviewItem, by: string): Promise<void> {
  await trx
    .updateTable('account_review_item')
    .set({ state: 'needed', decided_by: by, decided_at: sql<Date>`now()` })
    .where('period', '=', item.period)
    .where('account_id', '=', item.accountId)
    .execute();
}
