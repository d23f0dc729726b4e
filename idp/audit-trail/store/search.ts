import { type Expression, type SqlBool, sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';
import { type Reach, whereInReach } from '../../permissions/index.ts';

/** What the audit trail is searched by. Moments are whole: days are the caller's business. */
export interface TrailQuery {
  from?: Date;
  to?: Date;
  /** A whole type, or the noun before its point. */
  type?: string;
  noun?: string;
  outcome?: string;
  /** Login names. */
  actor?: string;
  person?: string;
  client?: string;
  unit?: string;
  request?: string;
}

export interface TrailRow {
  id: string;
  /** As PostgreSQL writes it. */
  position: string;
  at: Date;
  type: string;
  outcome: 'success' | 'refused';
  reason: string | null;
  actor: string | null;
  person: string | null;
  unitCode: string | null;
  clientId: string | null;
  ip: string | null;
}

const accountId = (loginName: string): Expression<SqlBool> =>
  sql<SqlBool>`(select id from account where login_name = ${loginName.toLowerCase()})`;

function matching(db: Db, reach: Reach, query: TrailQuery) {
  let rows = db.selectFrom('audit_event as e').where(whereInReach(reach, 'e.unit_code'));
  if (query.from) rows = rows.where('e.at', '>=', query.from);
  if (query.to) rows = rows.where('e.at', '<', query.to);
  if (query.type !== undefined) rows = rows.where('e.type', '=', query.type);
  if (query.noun !== undefined) rows = rows.where(sql<SqlBool>`starts_with(e.type, ${`${query.noun}.`})`);
  if (query.outcome === 'success' || query.outcome === 'refused') {
    rows = rows.where('e.outcome', '=', query.outcome);
  }
  if (query.actor !== undefined) {
    const id = accountId(query.actor);
    rows = rows.where(
      sql<SqlBool>`(e.actor_account_id = ${id} or (e.actor_account_id is null and e.account_id = ${id}))`,
    );
  }
  if (query.person !== undefined) rows = rows.where(sql<SqlBool>`e.account_id = ${accountId(query.person)}`);
  if (query.client !== undefined) rows = rows.where('e.client_id', '=', query.client);
  if (query.unit !== undefined) rows = rows.where('e.unit_code', '=', query.unit);
  if (query.request !== undefined) rows = rows.where('e.request_id', '=', query.request);
  return rows;
}

/** Records within reach, newest first unless `descending` is false, from after `after` on. */
export async function searchTrail(
  db: Db,
  reach: Reach,
  query: TrailQuery,
  page: { descending: boolean; after?: { value: string; id: string }; limit: number },
): Promise<TrailRow[]> {
  const direction = page.descending ? 'desc' : 'asc';
  let rows = matching(db, reach, query);
  if (page.after) {
    const { value, id } = page.after;
    const bound = sql`(${value}::timestamptz, ${id}::bigint)`;
    rows = rows.where(
      page.descending ? sql<SqlBool>`(e.at, e.id) < ${bound}` : sql<SqlBool>`(e.at, e.id) > ${bound}`,
    );
  }
  const found = await rows
    .select(['e.id', 'e.at', 'e.type', 'e.outcome', 'e.reason', 'e.ip', 'e.client_id as clientId'])
    .select(['e.unit_code as unitCode', sql<string>`e.at::text`.as('position')])
    .select(sql<string | null>`(select login_name from account where id = e.account_id)`.as('person'))
    .select(
      sql<
        string | null
      >`(select login_name from account where id = coalesce(e.actor_account_id, e.account_id))`.as('actor'),
    )
    .orderBy('e.at', direction)
    .orderBy('e.id', direction)
    .limit(page.limit)
    .execute();
  return found.map((row) => ({ ...row, id: String(row.id) }));
}

/** How many there are, looking no further than `upTo`. */
export async function countTrail(db: Db, reach: Reach, query: TrailQuery, upTo: number): Promise<number> {
  const some = matching(db, reach, query).select('e.id').limit(upTo).as('some');
  const { count } = await db
    .selectFrom(some)
    .select(sql<number>`count(*)::int`.as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** One record within reach, whole. */
export async function findTrailRecord(db: Db, reach: Reach, id: number) {
  return db
    .selectFrom('audit_event as e')
    .leftJoin('account as person', 'person.id', 'e.account_id')
    .leftJoin('account as actor', 'actor.id', 'e.actor_account_id')
    .selectAll('e')
    .select(['person.login_name as person', 'actor.login_name as actor'])
    .where('e.id', '=', id)
    .where(whereInReach(reach, 'e.unit_code'))
    .executeTakeFirst();
}
