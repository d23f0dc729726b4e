import { type Expression, type SqlBool, sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { ListRequest } from '#kit/list.ts';
import { type Reach, whereInReach } from '../permissions/index.ts';
import type { SessionClient, SessionFilter, SessionRow, SessionSort } from './types.ts';

const SORTS: Record<SessionSort, string> = { active: 's.active_at', signed_in: 's.login_at' };

const CLIENTS = sql<SessionClient[]>`coalesce((
  select jsonb_agg(jsonb_build_object('clientId', k.client_id, 'subsystemAccountId', k.subsystem_account_id,
    'binding', b.name) order by k.client_id)
  from oidc_session_client k left join binding b on b.subsystem_account_id = k.subsystem_account_id
  where k.session_uid = s.uid and k.grant_id is not null), '[]')`;

type Scope = { request: ListRequest<SessionFilter, SessionSort>; reach: Reach };

/** Live sessions within reach, in the request's order. */
export async function listSessions(db: Db, scope: Scope, limit: number): Promise<SessionRow[]> {
  const { sort, descending, after } = scope.request;
  const column = SORTS[sort];
  let query = matching(db, scope)
    .select(['s.uid as id', 's.account_id as accountId', 's.ip', 's.user_agent as userAgent'])
    .select(['s.login_at as signedInAt', 's.active_at as activeAt', 'a.login_name as loginName', 'a.name'])
    .select(['a.unit_code as unitCode', 'u.name as unitName', 'u.name_en as unitNameEn'])
    .select([CLIENTS.as('clients'), sql<string>`${sql.ref(column)}::text`.as('position')]);
  if (after) {
    const row = sql`(${sql.ref(column)}, s.uid)`;
    const mark = sql`(${after.value}::timestamptz, ${after.id})`;
    query = query.where(descending ? sql<boolean>`${row} < ${mark}` : sql<boolean>`${row} > ${mark}`);
  }
  const direction = descending ? 'desc' : 'asc';
  return query.orderBy(sql.ref(column), direction).orderBy('s.uid', direction).limit(limit).execute();
}

export async function countSessions(db: Db, scope: Scope, upTo: number): Promise<number> {
  return (await matching(db, scope).select('s.uid').limit(upTo).execute()).length;
}

/** These sessions, as far as they are within reach. */
export async function findSessions(db: Db, uids: string[], reach: Reach): Promise<SessionRow[]> {
  const request = { filters: {}, faults: [], sort: 'active' as const, descending: true };
  if (uids.length === 0) return [];
  return matching(db, { request, reach })
    .select(['s.uid as id', 's.account_id as accountId', 's.ip', 's.user_agent as userAgent'])
    .select(['s.login_at as signedInAt', 's.active_at as activeAt', 'a.login_name as loginName', 'a.name'])
    .select(['a.unit_code as unitCode', 'u.name as unitName', 'u.name_en as unitNameEn'])
    .select([CLIENTS.as('clients'), sql<string>`s.uid`.as('position')])
    .where('s.uid', 'in', uids)
    .orderBy('s.active_at', 'desc')
    .execute();
}

function matching(db: Db, { request, reach }: Scope) {
  const { person, unit, client, ip } = request.filters;
  let query = db
    .selectFrom('oidc_session as s')
    .innerJoin('account as a', 'a.id', 's.account_id')
    .innerJoin('unit as u', 'u.code', 'a.unit_code')
    .where('s.expires_at', '>', sql<Date>`now()`)
    .where(administered(reach));
  if (person !== undefined) {
    query = query.where((eb) =>
      eb.or([eb('a.login_name', '=', person.toLowerCase()), eb('a.name', '=', person)]),
    );
  }
  if (unit !== undefined) query = query.where('a.unit_code', '=', unit);
  if (ip !== undefined) query = query.where('s.ip', '=', ip);
  if (client !== undefined) {
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('oidc_session_client as k')
          .select('k.client_id')
          .whereRef('k.session_uid', '=', 's.uid')
          .where('k.client_id', '=', client)
          .where('k.grant_id', 'is not', null),
      ),
    );
  }
  return query;
}

/** The sessions among these whose person is within reach, kept as they are until the transaction ends. */
export async function lockSessionsWithin(
  trx: Trx,
  uids: string[],
  reach: Reach,
): Promise<{ uid: string; accountId: string; unitCode: string }[]> {
  if (uids.length === 0) return [];
  return trx
    .selectFrom('oidc_session as s')
    .innerJoin('account as a', 'a.id', 's.account_id')
    .select(['s.uid', 'a.id as accountId', 'a.unit_code as unitCode'])
    .where('s.uid', 'in', uids)
    .where(administered(reach))
    .forUpdate('s')
    .execute();
}

/** Grants of a person that no session holds, and those of a client: how many there are. */
export async function countGrants(
  db: Db,
  of: { accountId: string } | { clientId: string },
): Promise<{ sessions: number; browserless: number }> {
  const condition =
    'accountId' in of ? sql`g.account_id = ${of.accountId}` : sql`g.client_id = ${of.clientId}`;
  const { rows } = await sql<{ sessions: number; browserless: number }>`
    select count(distinct g.session_uid)::int as sessions,
      count(*) filter (where g.session_uid is null)::int as browserless
    from oidc_grant g where ${condition}`.execute(db);
  return rows[0] ?? { sessions: 0, browserless: 0 };
}

/**
 * Ends a person's grants that no session holds, or all of a client's; their tokens die with them, and the client
 * hears of each session, or of the person where there was none. @returns how many grants ended
 */
export async function endGrants(
  trx: Trx,
  of: { accountId: string } | { clientId: string },
  cause: string,
): Promise<number> {
  const condition = 'accountId' in of ? sql`account_id = ${of.accountId}` : sql`client_id = ${of.clientId}`;
  const { rows } = await sql<{ count: number }>`
    with gone as (
      delete from oidc_grant where ${condition} returning id, account_id, client_id, session_uid
    ), queued as (
      insert into logout_delivery (client_id, account_id, sid, cause)
      select distinct g.client_id, g.account_id, sc.sid, ${cause} from gone g
      join client c on c.client_id = g.client_id and c.metadata ? 'backchannel_logout_uri'
      left join oidc_session_client sc on sc.session_uid = g.session_uid and sc.client_id = g.client_id
    ), loosened as (
      update oidc_session_client sc set grant_id = null from gone g
      where sc.session_uid = g.session_uid and sc.client_id = g.client_id and sc.grant_id = g.id
    )
    select count(*)::int as count from gone`.execute(trx);
  return rows[0]?.count ?? 0;
}

/** P-44: whom one administers: a unit's manager its general users, the national roles everybody. */
function administered(reach: Reach): Expression<SqlBool> {
  if (reach.nation) return whereInReach(reach, 'a.unit_code');
  return sql<SqlBool>`(${whereInReach(reach, 'a.unit_code')} and a.role = 'user')`;
}

export async function findPersonWithin(db: Db, accountId: string, reach: Reach) {
  return db
    .selectFrom('account as a')
    .select(['a.id', 'a.name', 'a.login_name as loginName', 'a.unit_code as unitCode'])
    .where('a.id', '=', accountId)
    .where(administered(reach))
    .executeTakeFirst();
}
