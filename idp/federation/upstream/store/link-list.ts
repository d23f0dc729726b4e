import { type SelectQueryBuilder, sql } from 'kysely';
import { bytewise, keysetAfter, keysetOrder } from '#db/keyset.ts';
import type { Db, IdpTables } from '#db/idp/tables.ts';
import { startsWith } from '#db/prefix.ts';
import type { ListScope } from '../../../console-lists/index.ts';
import { type Reach, whereInReach } from '../../../permissions/index.ts';

export type LinkFilter = 'provider' | 'login' | 'unit';
export type LinkSort = 'linked' | 'login';
export type LinkScope = ListScope<LinkFilter, LinkSort>;

/** One link as administrators see it; what the provider said of the person stays sealed. */
export interface LinkRow {
  id: string;
  position: string;
  providerCode: string;
  subject: string;
  accountId: string;
  loginName: string;
  name: string;
  unitCode: string;
  unitName: string;
  unitNameEn: string | null;
  linkedAt: Date;
  lastUsedAt: Date | null;
}

const SORTS = { linked: 'l.linked_at', login: bytewise('a.login_name') } as const;

type Tables = IdpTables & {
  l: IdpTables['upstream_link'];
  a: IdpTables['account'];
  u: IdpTables['unit'];
};
type Query<O> = SelectQueryBuilder<Tables, 'l' | 'a' | 'u', O>;

/** Links of people within reach that fit the filters, from the page's beginning on. */
export async function listLinkRows(
  db: Db,
  { request, reach }: Pick<LinkScope, 'request' | 'reach'>,
  limit: number,
): Promise<LinkRow[]> {
  const column = SORTS[request.sort];
  const text = request.sort === 'linked' ? sql<string>`l.linked_at::text` : sql<string>`a.login_name`;
  return chosen(narrowed(db, request.filters, reach))
    .select(text.as('position'))
    .where(keysetAfter(column, 'l.id', request))
    .orderBy(keysetOrder(column, 'l.id', request))
    .limit(limit)
    .execute();
}

export async function countLinkRows(
  db: Db,
  { request, reach }: Pick<LinkScope, 'request' | 'reach'>,
  upTo: number,
): Promise<number> {
  return (await narrowed(db, request.filters, reach).select('l.id').limit(upTo).execute()).length;
}

/** One link, of a person within reach. */
export async function findLinkRow(db: Db, id: string, reach: Reach): Promise<LinkRow | undefined> {
  return chosen(narrowed(db, {}, reach))
    .select(sql<string>`''`.as('position'))
    .where('l.id', '=', id)
    .executeTakeFirst();
}

function chosen(query: Query<object>) {
  return query
    .select(['l.id', 'l.provider_code as providerCode', 'l.subject', 'l.linked_at as linkedAt'])
    .select(['l.last_used_at as lastUsedAt', 'a.id as accountId', 'a.login_name as loginName', 'a.name'])
    .select(['a.unit_code as unitCode', 'u.name as unitName', 'u.name_en as unitNameEn']);
}

function narrowed(db: Db, filters: Partial<Record<LinkFilter, string>>, reach: Reach): Query<object> {
  let query = db
    .selectFrom('upstream_link as l')
    .innerJoin('account as a', 'a.id', 'l.account_id')
    .innerJoin('unit as u', 'u.code', 'a.unit_code')
    .where(whereInReach(reach, 'a.unit_code')) as unknown as Query<object>;
  const { provider, login, unit } = filters;
  if (provider) query = query.where('l.provider_code', '=', provider);
  if (login) query = query.where(startsWith('a.login_name', login.toLowerCase()));
  if (unit) query = query.where(startsWith('a.unit_code', unit.toUpperCase()));
  return query;
}
