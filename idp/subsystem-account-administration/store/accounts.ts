import { type SelectQueryBuilder, sql } from 'kysely';
import type { Db, IdpTables, Trx } from '#db/idp/tables.ts';
import { bytewise, keysetAfter, keysetOrder } from '#db/keyset.ts';
import { startsWith } from '#db/prefix.ts';
import type { ListScope } from '../../console-lists/index.ts';
import { whereInReach } from '../../permissions/index.ts';
import { whereUnitNamed } from '../../units/index.ts';
import type { AdministeredAccount } from '../types.ts';

export const FILTERS = [
  'county',
  'town',
  'unit',
  'unit_name',
  'account',
  'name',
  'national_id',
  'system',
  'role',
  'status',
] as const;
export type Filter = (typeof FILTERS)[number];
export type Sort = 'account' | 'name' | 'unit';
const SORTS: Record<Sort, string> = { account: 'sa.id', name: 'sa.holder_name', unit: 'sa.unit_code' };

export interface Facts {
  nationalIdIndexes: Buffer[] | undefined;
}

type Tables = IdpTables & { sa: IdpTables['subsystem_account']; u: IdpTables['unit'] };
type Query<O> = SelectQueryBuilder<Tables, 'sa' | 'u', O>;

function accounts(db: Db | Trx) {
  return db.selectFrom('subsystem_account as sa').innerJoin('unit as u', 'u.code', 'sa.unit_code');
}

/** The columns of an `AdministeredAccount`. */
function whole<O>(query: Query<O>) {
  return query
    .select([
      'sa.id',
      'sa.subsystem_code as subsystemCode',
      'sa.account_id as accountId',
      'sa.role',
      'sa.duty',
    ])
    .select(['sa.holder_name as holderName', 'sa.national_id_index as nationalIdIndex', 'sa.status'])
    .select([
      'sa.unit_code as unitCode',
      'u.name as unitName',
      'u.name_en as unitNameEn',
      'u.kind as unitKind',
    ])
    .select(['u.county', 'u.town', 'sa.menu_roles as menuRoles', 'sa.status_changed_at as statusChangedAt'])
    .select('sa.suspended_because as because')
    .select(
      sql<Date | null>`(select b.last_used_at from binding b where b.subsystem_account_id = sa.id)`.as(
        'lastUsedAt',
      ),
    );
}

/** P-50: subsystem accounts within reach that fit the filters, from the page's beginning on. */
export async function listAdministered(
  db: Db,
  scope: ListScope<Filter, Sort>,
  facts: Facts,
  limit: number,
): Promise<(AdministeredAccount & { position: string })[]> {
  const { sort, ...page } = scope.request;
  const column = SORTS[sort];
  return whole(narrowed(db, scope, facts))
    .select(sql<string>`${sql.ref(column)}::text`.as('position'))
    .where(keysetAfter(bytewise(column), 'sa.id', page))
    .orderBy(keysetOrder(bytewise(column), 'sa.id', page))
    .limit(limit)
    .execute();
}

export async function countAdministered(
  db: Db,
  scope: ListScope<Filter, Sort>,
  facts: Facts,
  upTo: number,
): Promise<number> {
  const some = narrowed(db, scope, facts).select('sa.id').limit(upTo).as('some');
  const row = await db
    .selectFrom(some)
    .select((count) => count.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return row.count;
}

export async function findAdministered(db: Db | Trx, id: string): Promise<AdministeredAccount | undefined> {
  return whole(accounts(db)).where('sa.id', '=', id).executeTakeFirst();
}

/** Holds the account until the transaction ends. @returns it as it is then */
export async function lockAdministered(trx: Trx, id: string): Promise<AdministeredAccount | undefined> {
  await trx.selectFrom('subsystem_account').select('id').where('id', '=', id).forUpdate().execute();
  return findAdministered(trx, id);
}

/** What tells the caller's own accounts. */
export async function findNationalIdIndex(db: Db | Trx, accountId: string): Promise<Buffer> {
  const row = await db
    .selectFrom('account')
    .select('national_id_index as index')
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow();
  return row.index;
}

function narrowed(db: Db, { request: { filters }, reach }: ListScope<Filter, Sort>, facts: Facts) {
  let query: Query<object> = accounts(db).where(whereInReach(reach, 'sa.unit_code', 'sa.subsystem_code'));
  const { county, town, unit, unit_name: unitName, account, name, system, role, status } = filters;
  if (town) query = query.where('u.town', '=', town);
  else if (county) query = query.where('u.county', '=', county);
  if (unit) query = query.where(startsWith('sa.unit_code', unit.toUpperCase()));
  if (unitName) query = query.where(whereUnitNamed(unitName, 'u'));
  if (account) query = query.where(startsWith('sa.id', account));
  if (name) query = query.where(startsWith('sa.holder_name', name));
  if (system) query = query.where('sa.subsystem_code', '=', system);
  if (role) query = query.where('sa.role', '=', role);
  if (status) query = query.where('sa.status', '=', status as AdministeredAccount['status']);
  if (facts.nationalIdIndexes) {
    query = query.where(sql<boolean>`sa.national_id_index = any(${facts.nationalIdIndexes})`);
  }
  return query;
}
