import { type SelectQueryBuilder, sql } from 'kysely';
import type { Db, IdpTables } from '#db/idp/tables.ts';
import { keysetAfter, keysetOrder } from '#db/keyset.ts';
import { startsWith } from '#db/prefix.ts';
import type { ListScope } from '../console-lists/index.ts';
import { whereInReach } from '../permissions/index.ts';
import type { Result } from './types.ts';

export const FILTERS = ['from', 'to', 'unit', 'login', 'result', 'ip', 'system', 'account'] as const;
export type Filter = (typeof FILTERS)[number];
export type RecordScope = ListScope<Filter, 'at'>;

/** Sign-ins at the single entry (P-45), or entries to subsystems as one of one's accounts (P-46). */
export type Kind = 'entry' | 'subsystem';
const TYPES: Record<Kind, string[]> = {
  entry: ['sign_in.succeeded', 'sign_in.refused', 'second_factor.refused'],
  subsystem: ['subsystem_account.entered', 'account.switched'],
};

/** The period asked for; days are the caller's affair. */
export interface Period {
  from?: Date;
  to?: Date;
}

const LOCKS = sql<boolean>`coalesce(e.details->>'locks' = 'true', false)`;

type Tables = IdpTables & {
  e: IdpTables['audit_event'];
  sa: { [Column in keyof IdpTables['subsystem_account']]: IdpTables['subsystem_account'][Column] | null };
};
type Query<O> = SelectQueryBuilder<Tables, 'e' | 'sa', O>;

/** Records within reach that fit the filters, from the page's beginning on. */
export async function listRecords(db: Db, kind: Kind, scope: RecordScope, period: Period, limit: number) {
  const { request } = scope;
  return narrowed(db, kind, scope, period)
    .leftJoin('account as a', 'a.id', 'e.account_id')
    .leftJoin('unit as u', (join) => join.on(sql<boolean>`u.code = coalesce(sa.unit_code, e.unit_code)`))
    .select(['e.at', 'e.outcome', 'e.reason', 'e.ip', 'e.user_agent as userAgent', 'a.name'])
    .select(['a.login_name as loginName', 'u.code as unitCode', 'u.name as unitName'])
    .select(['u.name_en as unitNameEn', 'sa.subsystem_code as subsystemCode', 'sa.id as subsystemAccountId'])
    .select([sql<string>`e.id::text`.as('id'), sql<string>`e.at::text`.as('position'), LOCKS.as('locks')])
    .where(keysetAfter('e.at', 'e.id', request))
    .orderBy(keysetOrder('e.at', 'e.id', request))
    .limit(limit)
    .execute();
}

export async function countRecords(
  db: Db,
  kind: Kind,
  scope: RecordScope,
  period: Period,
  upTo: number,
): Promise<number> {
  const some = narrowed(db, kind, scope, period).select('e.id').limit(upTo).as('some');
  const row = await db
    .selectFrom(some)
    .select((count) => count.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return row.count;
}

/** How many succeeded and failed in each hour since `since`, of what the filters but the period leave. */
export async function countByHour(db: Db, kind: Kind, scope: RecordScope, since: Date) {
  return narrowed(db, kind, scope, { from: since })
    .select(sql<Date>`date_trunc('hour', e.at)`.as('hour'))
    .select(sql<number>`(count(*) filter (where e.outcome = 'success'))::int`.as('succeeded'))
    .select(sql<number>`(count(*) filter (where e.outcome <> 'success'))::int`.as('failed'))
    .groupBy(sql`date_trunc('hour', e.at)`)
    .execute();
}

function narrowed(db: Db, kind: Kind, { request: { filters }, reach }: RecordScope, period: Period) {
  let query = db
    .selectFrom('audit_event as e')
    .leftJoin('subsystem_account as sa', 'sa.id', 'e.to_subsystem_account_id')
    .where(sql<boolean>`e.type = any(${TYPES[kind]})`) as unknown as Query<object>;
  query =
    kind === 'entry'
      ? query.where(whereInReach(reach, 'e.unit_code'))
      : query.where('sa.id', 'is not', null).where(whereInReach(reach, 'sa.unit_code', 'sa.subsystem_code'));
  const { unit, login, result, ip, system, account } = filters;
  const unitColumn = kind === 'entry' ? 'e.unit_code' : 'sa.unit_code';
  if (period.from) query = query.where('e.at', '>=', period.from);
  if (period.to) query = query.where('e.at', '<', period.to);
  if (unit) query = query.where(startsWith(unitColumn, unit.toUpperCase()));
  if (login) {
    query = query.where(
      sql<boolean>`e.account_id = (select id from account where login_name = ${login.toLowerCase()})`,
    );
  }
  if (ip) query = query.where('e.ip', '=', ip);
  if (system) query = query.where('sa.subsystem_code', '=', system);
  if (account) query = query.where(startsWith('e.to_subsystem_account_id', account));
  return result ? ofResult(query, result as Result) : query;
}

function ofResult<O>(query: Query<O>, result: Result): Query<O> {
  if (result === 'success') return query.where('e.outcome', '=', 'success');
  const refused = query.where('e.outcome', '=', 'refused');
  const locked = sql<boolean>`(${LOCKS} or coalesce(e.reason, '') = 'locked')`;
  return result === 'locked' ? refused.where(locked) : refused.where(sql<boolean>`not ${locked}`);
}
