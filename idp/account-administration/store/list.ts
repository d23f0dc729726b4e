import { type SelectQueryBuilder, sql } from 'kysely';
import { bytewise, keysetAfter, keysetOrder } from '#db/keyset.ts';
import type { Db, IdpTables } from '#db/idp/tables.ts';
import { startsWith } from '#db/prefix.ts';
import type { AccountRole } from '../../accounts/index.ts';
import type { ListScope } from '../../console-lists/index.ts';
import { whereInReach } from '../../permissions/index.ts';
import { whereUnitNamed } from '../../units/index.ts';

export const FILTERS = [
  'unit',
  'unit_name',
  'status',
  'login',
  'name',
  'email',
  'national_id',
  'role',
  'system',
] as const;
export type Filter = (typeof FILTERS)[number];
export type Sort = 'login' | 'name' | 'unit';

const SORTS: Record<Sort, string> = { login: 'a.login_name', name: 'a.name', unit: 'a.unit_code' };

export type AccountScope = ListScope<Filter, Sort>;

/** What the store cannot know of itself: the digests of the ID number searched for, the accounts locked now. */
export interface Facts {
  nationalIdIndexes: Buffer[] | undefined;
  lockedIds: string[];
}

type Query<O> = SelectQueryBuilder<
  IdpTables & { a: IdpTables['account']; u: IdpTables['unit'] },
  'a' | 'u',
  O
>;

/** P-44: accounts within reach that fit the filters, from the page's beginning on. */
export async function listAccounts(db: Db, scope: AccountScope, facts: Facts, limit: number) {
  const { sort, ...page } = scope.request;
  const column = SORTS[sort];
  return narrowed(db, scope, facts)
    .select(['a.id', 'a.login_name as loginName', 'a.name', 'a.unit_code as unitCode', 'a.role', 'a.status'])
    .select(['a.email', 'a.expires_at as expiresAt', 'a.last_sign_in_at as lastSignInAt'])
    .select(['a.national_id_sealed as nationalIdSealed', 'u.name as unitName', 'u.name_en as unitNameEn'])
    .select(sql<string>`${sql.ref(column)}::text`.as('position'))
    .where(keysetAfter(bytewise(column), 'a.id', page))
    .orderBy(keysetOrder(bytewise(column), 'a.id', page))
    .limit(limit)
    .execute();
}

/** How many fit, looking no further than `upTo`. */
export async function countAccounts(
  db: Db,
  scope: AccountScope,
  facts: Facts,
  upTo: number,
): Promise<number> {
  const some = narrowed(db, scope, facts).select('a.id').limit(upTo).as('some');
  const row = await db
    .selectFrom(some)
    .select((count) => count.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return row.count;
}

/** Accounts whose sign-in was locked by wrong passwords since `since`; the lock may be gone by now. */
export async function listLatelyLocked(db: Db, since: Date): Promise<{ id: string; loginName: string }[]> {
  return db
    .selectFrom('account as a')
    .select(['a.id', 'a.login_name as loginName'])
    .where('a.id', 'in', (events) =>
      events
        .selectFrom('audit_event as e')
        .select(sql<string>`e.account_id`.as('account_id'))
        .where('e.at', '>', since)
        .where('e.outcome', '=', 'refused')
        .where('e.account_id', 'is not', null)
        .where(sql<boolean>`e.details @> '{"locks": true}'`),
    )
    .limit(10_000)
    .execute();
}

function narrowed(db: Db, { request: { filters }, reach }: AccountScope, facts: Facts) {
  let query: Query<object> = db
    .selectFrom('account as a')
    .innerJoin('unit as u', 'u.code', 'a.unit_code')
    .where(whereInReach(reach, 'a.unit_code'));
  const { unit, unit_name: unitName, login, name, email, role, status, system } = filters;
  if (unit) query = query.where(startsWith('a.unit_code', unit.toUpperCase()));
  if (unitName) query = query.where(whereUnitNamed(unitName, 'u'));
  if (login) query = query.where(startsWith('a.login_name', login.toLowerCase()));
  if (name) query = query.where(startsWith('a.name', name));
  if (email) query = query.where(startsWith(sql<string>`lower(a.email)`, email.toLowerCase()));
  if (role) query = query.where('a.role', '=', role as AccountRole);
  if (status) query = ofStatus(query, status, facts.lockedIds);
  if (facts.nationalIdIndexes) {
    query = query.where(sql<boolean>`a.national_id_index = any(${facts.nationalIdIndexes})`);
  }
  if (system) {
    query = query.where((exists) =>
      exists.exists(
        exists
          .selectFrom('subsystem_account as sa')
          .select('sa.id')
          .whereRef('sa.account_id', '=', 'a.id')
          .where('sa.subsystem_code', '=', system),
      ),
    );
  }
  return query;
}

function ofStatus<O>(query: Query<O>, status: string, lockedIds: string[]): Query<O> {
  if (status === 'disabled') return query.where('a.status', '=', 'disabled');
  if (status === 'locked') return query.where(sql<boolean>`a.id = any(${lockedIds}::uuid[])`);
  const active = query.where('a.status', '=', 'active');
  return status === 'expired'
    ? active.where('a.expires_at', '<=', sql<Date>`now()`)
    : active.where((eb) =>
        eb.or([eb('a.expires_at', 'is', null), eb('a.expires_at', '>', sql<Date>`now()`)]),
      );
}
