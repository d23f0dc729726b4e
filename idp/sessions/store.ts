import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { BrowserSession, EndCause } from './types.ts';

/** The live session of an active account with this cookie digest. */
export async function findBrowserSession(db: Db, digest: Buffer): Promise<BrowserSession | undefined> {
  const row = await db
    .selectFrom('oidc_session as s')
    .innerJoin('account as p', 'p.id', 's.account_id')
    .leftJoin('password_credential as w', 'w.account_id', 'p.id')
    .select(['s.uid', 's.payload', 's.previous_sign_in_at', 's.active_at', 's.login_at'])
    .select(['p.id as account_id', 'p.name', 'p.login_name', 'w.changed_at as password_changed_at'])
    .select(sql<boolean>`p.role <> 'user' or ${managesSomewhere()} or ${standsIn()}`.as('administers'))
    .select(impersonatedBy())
    .where('s.id_digest', '=', digest)
    .where('s.impersonation_id', 'is', null)
    .where('s.expires_at', '>', sql<Date>`now()`)
    .where('p.status', '=', 'active')
    .where((eb) => eb.or([eb('p.expires_at', 'is', null), eb('p.expires_at', '>', sql<Date>`now()`)]))
    .executeTakeFirst();
  if (!row) return undefined;
  const payload = row.payload as unknown as { acr?: string; amr?: string[] };
  return {
    uid: row.uid,
    accountId: row.account_id,
    personName: row.name,
    loginName: row.login_name,
    acr: payload.acr,
    ...(isElsewhere(payload.amr) && { provenElsewhere: true as const }),
    previousSignInAt: row.previous_sign_in_at ?? undefined,
    activeAt: row.active_at,
    loginAt: row.login_at ?? row.active_at,
    passwordChangedAt: row.password_changed_at ?? undefined,
    administers: row.administers,
    ...(row.helper && { helper: { ...row.helper, until: new Date(row.helper.until) } }),
  };
}

const isElsewhere = (amr: string[] = []): boolean =>
  amr.includes('fed') && amr.every((method) => method === 'fed' || method === 'mfa');

/** Whether the person `p` has an active, bound account whose role manages, by its subsystem's manifest. */
function managesSomewhere() {
  return sql<boolean>`exists (
    select from binding b
    join subsystem_account sa on sa.id = b.subsystem_account_id and sa.account_id = p.id and sa.status = 'active'
    join subsystem su on su.code = sa.subsystem_code and su.status = 'active'
    where b.account_id = p.id
      and jsonb_path_exists(su.manifest, '$.roles[*] ? (@.code == $role && @.manages == true)',
                            jsonb_build_object('role', sa.role)))`;
}

/** Who acts as one of the accounts of the person `p` just now. */
function impersonatedBy() {
  return sql<{ name: string; subsystemCode: string; until: string } | null>`(
    select jsonb_build_object('name', o.name, 'subsystemCode', i.subsystem_code, 'until', i.ends_at)
    from impersonation i join account o on o.id = i.operator_account_id
    where i.account_id = p.id and i.status = 'running' and i.ends_at > now() limit 1)`.as('helper');
}

/** Whether the person `p` is somebody's deputy just now. */
function standsIn() {
  return sql<boolean>`exists (
    select from delegation d
    where d.deputy_account_id = p.id and d.revoked_at is null and d.valid_from <= now() and d.valid_until > now())`;
}

export async function touchBrowserSession(
  db: Db,
  uid: string,
  activeAt: Date,
  expiresAt: Date,
): Promise<void> {
  await db
    .updateTable('oidc_session')
    .set({ active_at: activeAt, expires_at: expiresAt })
    .where('uid', '=', uid)
    .execute();
}

export async function replaceSessionId(db: Db, uid: string, digest: Buffer): Promise<void> {
  await db.updateTable('oidc_session').set({ id_digest: digest }).where('uid', '=', uid).execute();
}

/**
 * Ends sessions with their grants, and queues a logout for every client they were used at. Tokens die with
 * their grants.
 * @returns how many sessions ended
 */
export async function endSessions(trx: Trx, uids: string[], cause: EndCause): Promise<number> {
  if (uids.length === 0) return 0;
  const ended = await sql<{ uid: string }>`
    with gone as (
      delete from oidc_session s where s.uid = any(${uids}) returning s.uid,
        coalesce(s.account_id, (select i.account_id from impersonation i where i.id = s.impersonation_id)) as account_id
    ), clients as (
      select g.uid, g.account_id, sc.client_id, sc.sid from gone g
      join oidc_session_client sc on sc.session_uid = g.uid and sc.grant_id is not null
      join client c on c.client_id = sc.client_id and c.metadata ? 'backchannel_logout_uri'
      where g.account_id is not null
    ), queued as (
      insert into logout_delivery (client_id, account_id, sid, cause)
      select client_id, account_id, sid, ${cause} from clients
    )
    select uid from gone`.execute(trx);
  // a statement of its own: it also sees the grant of an exchange that the one above waited for
  const gone = ended.rows.map((row) => row.uid);
  await sql`delete from oidc_grant where session_uid = any(${gone})`.execute(trx);
  return gone.length;
}

/**
 * Signs a person out everywhere, or everywhere but in one browser: sessions, and what no browser holds, such as the
 * grants of devices. @returns how many sessions ended
 */
export async function endEverywhere(
  trx: Trx,
  accountId: string,
  cause: EndCause,
  except?: string,
): Promise<number> {
  const ended = await endSessions(trx, await lockOtherSessions(trx, accountId, except), cause);
  await sql`
    with gone as (
      delete from oidc_grant where account_id = ${accountId} and session_uid is null returning client_id, account_id
    )
    insert into logout_delivery (client_id, account_id, sid, cause)
    select distinct g.client_id, g.account_id, null::text, ${cause} from gone g
    join client c on c.client_id = g.client_id and c.metadata ? 'backchannel_logout_uri'`.execute(trx);
  return ended;
}

/** Every session of the person, or every one but `except`; and whatever an operator holds for or as them. */
export async function lockOtherSessions(
  trx: Trx,
  accountId: string,
  except: string | undefined,
): Promise<string[]> {
  const helped = await trx
    .selectFrom('impersonation')
    .select('session_uid')
    .where('status', '=', 'running')
    .where((eb) => eb.or([eb('account_id', '=', accountId), eb('operator_account_id', '=', accountId)]))
    .execute();
  const uids = helped.flatMap(({ session_uid: uid }) => uid ?? []);
  const rows = await trx
    .selectFrom('oidc_session')
    .select('uid')
    .where((eb) => eb.or([eb('account_id', '=', accountId), eb('uid', '=', eb.fn.any(eb.val(uids)))]))
    .where('uid', '<>', except ?? '')
    .forUpdate()
    .execute();
  return rows.map((row) => row.uid);
}

/** Sessions past their idle or absolute limit, not being ended by anyone else; at most `limit`. */
export async function lockExpiredSessions(trx: Trx, limit: number): Promise<string[]> {
  const rows = await trx
    .selectFrom('oidc_session')
    .select('uid')
    .where('expires_at', '<=', sql<Date>`now()`)
    .orderBy('expires_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map((row) => row.uid);
}

/** Rows that answer late questions for a while longer. */
const LATE = { oidc_waiting: '10 minutes' } as const;

/** Removes what has expired and nothing points to any more; at most `limit` rows of each kind. */
export async function removeExpiredRows(db: Db, limit: number): Promise<number> {
  let removed = 0;
  for (const table of [
    'oidc_interaction',
    'oidc_replay',
    'oidc_grant',
    'oidc_waiting',
    'captcha_challenge',
    'webauthn_challenge',
    'hca_challenge',
    'pending_email',
    'kept_page',
    'exchange_count',
    'upstream_departure',
    'upstream_arrival',
    'upstream_logout',
  ] as const) {
    const name = sql.table(table);
    const late = table in LATE ? LATE[table as keyof typeof LATE] : '0';
    const result = await sql`
      delete from ${name} where ctid = any(array(
        select ctid from ${name} where expires_at < now() - ${late}::interval
        order by expires_at limit ${sql.lit(limit)} for update skip locked))`.execute(db);
    removed += Number(result.numAffectedRows ?? 0n);
  }
  return removed;
}

/** Remembers which account the next entry of this session to this client is for. */
export async function rememberNextAccount(
  db: Db,
  next: { sessionUid: string; clientId: string; subsystemAccountId: string; until: Date },
): Promise<void> {
  const values = { next_account_id: next.subsystemAccountId, next_account_until: next.until };
  await db
    .insertInto('oidc_session_client')
    .values({
      session_uid: next.sessionUid,
      client_id: next.clientId,
      sid: null,
      grant_id: null,
      subsystem_account_id: null,
      ...values,
    })
    .onConflict((on) => on.columns(['session_uid', 'client_id']).doUpdateSet(values))
    .execute();
}
