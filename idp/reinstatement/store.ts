import { type SelectQueryBuilder, sql } from 'kysely';
import { bytewise, keysetAfter, keysetOrder } from '#db/keyset.ts';
import { startsWith } from '#db/prefix.ts';
import type { Db, IdpTables } from '#db/idp/tables.ts';
import type { ListScope } from '../console-lists/index.ts';
import { type Reach, whereInReach } from '../permissions/index.ts';

export type Filter = 'unit' | 'account' | 'name' | 'because';
export type Sort = 'since' | 'unit' | 'account';

export interface SuspendedRow {
  id: string;
  position: string;
  accountId: string | null;
  subsystemCode: string;
  role: string;
  holderName: string;
  unitCode: string;
  unitName: string;
  unitNameEn: string;
  because: string | null;
  since: Date | null;
  lastUsedAt: Date | null;
}

const SORTS: Record<Sort, string> = { since: 'sa.status_changed_at', unit: 'sa.unit_code', account: 'sa.id' };

type Tables = IdpTables & { sa: IdpTables['subsystem_account']; u: IdpTables['unit'] };
type Query = SelectQueryBuilder<Tables, 'sa' | 'u', object>;

function suspended(db: Db, reach: Reach): Query {
  return db
    .selectFrom('subsystem_account as sa')
    .innerJoin('unit as u', 'u.code', 'sa.unit_code')
    .where('sa.status', '=', 'suspended')
    .where('sa.status_changed_at', 'is not', null)
    .where(whereInReach(reach, 'sa.unit_code'));
}

function narrowed(db: Db, { request: { filters }, reach }: ListScope<Filter, Sort>): Query {
  const { unit, account, name, because } = filters;
  let query = suspended(db, reach);
  if (unit) query = query.where(startsWith('sa.unit_code', unit.toUpperCase()));
  if (account) query = query.where(startsWith('sa.id', account));
  if (name) query = query.where(startsWith('sa.holder_name', name));
  if (because) query = query.where('sa.suspended_because', '=', because as 'idle');
  return query;
}

/** SM-11: the suspended accounts within reach that fit the filters. */
export function listSuspended(
  db: Db,
  scope: ListScope<Filter, Sort>,
  limit: number,
): Promise<SuspendedRow[]> {
  const { sort, ...page } = scope.request;
  const column = SORTS[sort];
  const key = sort === 'since' ? column : bytewise(column);
  return whole(narrowed(db, scope))
    .select(sql<string>`${sql.ref(column)}::text`.as('position'))
    .where(keysetAfter(key, 'sa.id', page))
    .orderBy(keysetOrder(key, 'sa.id', page))
    .limit(limit)
    .execute();
}

/** How many there are, looking no further than `upTo`. */
export async function countSuspended(db: Db, scope: ListScope<Filter, Sort>, upTo: number): Promise<number> {
  return countOf(db, narrowed(db, scope), upTo);
}

export function countSuspendedWithin(db: Db, reach: Reach, upTo: number): Promise<number> {
  return countOf(db, suspended(db, reach), upTo);
}

/** One suspended account within reach. */
export async function findSuspended(
  db: Db,
  reach: Reach,
  id: string,
): Promise<Omit<SuspendedRow, 'position'> | undefined> {
  return whole(suspended(db, reach)).where('sa.id', '=', id).executeTakeFirst();
}

async function countOf(db: Db, query: Query, upTo: number): Promise<number> {
  const row = await db
    .selectFrom(query.select('sa.id').limit(upTo).as('some'))
    .select((count) => count.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return row.count;
}

function whole(query: Query) {
  return query
    .select(['sa.id', 'sa.account_id as accountId', 'sa.subsystem_code as subsystemCode', 'sa.role'])
    .select(['sa.holder_name as holderName', 'sa.unit_code as unitCode', 'u.name as unitName'])
    .select(['u.name_en as unitNameEn', 'sa.suspended_because as because', 'sa.status_changed_at as since'])
    .select(
      sql<Date | null>`(select b.last_used_at from binding b where b.subsystem_account_id = sa.id)`.as(
        'lastUsedAt',
      ),
    );
}
