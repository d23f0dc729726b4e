import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Ended, EndedGrant, EmergencyStop } from './types.ts';

/** The person's sessions, locked, with what each holds at which client. */
export async function lockSessions(trx: Trx, accountId: string): Promise<Ended['sessions']> {
  const { rows } = await sql<Ended['sessions'][number]>`
    select s.uid, s.ip, s.login_at as "signedInAt", coalesce((
      select jsonb_agg(jsonb_build_object('clientId', k.client_id, 'subsystemAccountId', k.subsystem_account_id)
        order by k.client_id)
      from oidc_session_client k where k.session_uid = s.uid and k.grant_id is not null), '[]') as clients
    from oidc_session s where s.account_id = ${accountId} order by s.login_at for update`.execute(trx);
  return rows;
}

/** Whatever grants are left, ended with their tokens: those without a browser. */
export async function endRemainingGrants(trx: Trx, accountId: string): Promise<EndedGrant[]> {
  const { rows } = await sql<EndedGrant>`
    with gone as (
      delete from oidc_grant where account_id = ${accountId} returning client_id, account_id, subsystem_account_id
    ), queued as (
      insert into logout_delivery (client_id, account_id, sid, cause)
      select distinct g.client_id, g.account_id, null::text, 'account_disabled' from gone g
      join client c on c.client_id = g.client_id and c.metadata ? 'backchannel_logout_uri'
    )
    select client_id as "clientId", subsystem_account_id as "subsystemAccountId" from gone
    order by client_id`.execute(trx);
  return rows;
}

/** Ends every unused link by which a password could be chosen. @returns how many */
export async function endPasswordLinks(trx: Trx, accountId: string): Promise<number> {
  const result = await trx
    .updateTable('password_reset')
    .set({ ended_at: sql<Date>`now()`, ended_by: 'superseded' })
    .where('account_id', '=', accountId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

export async function setStatus(trx: Trx, accountId: string, status: 'active' | 'disabled'): Promise<void> {
  await trx.updateTable('account').set({ status }).where('id', '=', accountId).execute();
}

export async function insertStop(
  trx: Trx,
  stop: { accountId: string; by: string; reason: string; ended: Ended },
): Promise<number> {
  const { id } = await trx
    .insertInto('emergency_stop')
    .values({
      account_id: stop.accountId,
      stopped_by: stop.by,
      reason: stop.reason,
      ended: JSON.stringify(stop.ended),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/**
 * Undoes a stop, and with it any other that stands for the same person.
 * @returns the account and whether it was disabled before, or undefined when the stop was undone before or is unknown
 */
export async function markEnabled(
  trx: Trx,
  id: number,
  by: { accountId: string; reason: string; at: Date },
): Promise<{ accountId: string; wasDisabled: boolean } | undefined> {
  const row = await trx
    .selectFrom('emergency_stop')
    .select('account_id')
    .where('id', '=', id)
    .where('enabled_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return undefined;
  const undone = await trx
    .updateTable('emergency_stop')
    .set({ enabled_at: by.at, enabled_by: by.accountId, enabled_because: by.reason })
    .where('account_id', '=', row.account_id)
    .where('enabled_at', 'is', null)
    .returning(sql<boolean>`coalesce((ended->>'wasDisabled')::boolean, false)`.as('wasDisabled'))
    .execute();
  return { accountId: row.account_id, wasDisabled: undone.every(({ wasDisabled }) => wasDisabled) };
}

/** Whether two accounts are one person's, by their ID number. */
export async function isSamePerson(trx: Trx, accountId: string, other: string): Promise<boolean> {
  const row = await trx
    .selectFrom('account as a')
    .innerJoin('account as b', 'b.national_id_index', 'a.national_id_index')
    .select('a.id')
    .where('a.id', '=', accountId)
    .where('b.id', '=', other)
    .executeTakeFirst();
  return row !== undefined;
}

export async function findStop(db: Db, id: number): Promise<EmergencyStop | undefined> {
  return selectStops(db).where('e.id', '=', id).executeTakeFirst();
}

/** The newest stops; `before` an id of the page before. */
export async function listStops(db: Db, before: number | undefined, limit: number): Promise<EmergencyStop[]> {
  let query = selectStops(db);
  if (before !== undefined) query = query.where('e.id', '<', before);
  return query.orderBy('e.id', 'desc').limit(limit).execute();
}

function selectStops(db: Db) {
  return db
    .selectFrom('emergency_stop as e')
    .innerJoin('account as a', 'a.id', 'e.account_id')
    .leftJoin('account as s', 's.id', 'e.stopped_by')
    .leftJoin('account as n', 'n.id', 'e.enabled_by')
    .select(['e.id', 'e.account_id as accountId', 'a.login_name as loginName', 'a.name as personName'])
    .select(['a.unit_code as unitCode', 'a.status', 'e.stopped_at as stoppedAt', 'e.reason'])
    .select(['s.name as stoppedByName', 'n.name as enabledByName', 'e.enabled_at as enabledAt'])
    .select(['e.enabled_because as enabledBecause', sql<Ended>`e.ended`.as('ended')]);
}

/** Whom a login name belongs to, and how much of theirs would end. */
export async function findSubject(db: Db, loginName: string) {
  return db
    .selectFrom('account as a')
    .innerJoin('unit as u', 'u.code', 'a.unit_code')
    .select(['a.id', 'a.login_name as loginName', 'a.name', 'a.status', 'a.role', 'u.name as unitName'])
    .select(sql<number>`(select count(*)::int from oidc_session s where s.account_id = a.id)`.as('sessions'))
    .select(sql<number>`(select count(*)::int from oidc_grant g where g.account_id = a.id)`.as('grants'))
    .select(
      sql<number>`(select count(*)::int from oidc_grant g where g.account_id = a.id and g.session_uid is null)`.as(
        'browserless',
      ),
    )
    .where('a.login_name', '=', loginName.toLowerCase())
    .executeTakeFirst();
}
