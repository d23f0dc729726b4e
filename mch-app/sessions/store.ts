import { sql } from 'kysely';
import type { Db, RpSessionRow, Trx } from '#db/mch/tables.ts';
import { accountColumns, toRow, toSession } from './rows.ts';
import type { Account, KnownAccount, Notice, Past, Session } from './types.ts';

/** Bounds of a live session: active after `idleSince`, not yet expired `now`. */
export interface Bounds {
  now: Date;
  idleSince: Date;
}

/** The live session, untouched: looking is no activity. */
export async function findSession(db: Db, digest: Buffer, at: Bounds): Promise<Session | undefined> {
  const row = await db
    .selectFrom('rp_session')
    .selectAll()
    .where('id_digest', '=', digest)
    .where('active_at', '>', at.idleSince)
    .where('expires_at', '>', at.now)
    .executeTakeFirst();
  return row && toSession(row);
}

/**
 * The live session, its activity noted in the same statement. `takeNotice` hands the waiting notice out once.
 */
export async function touchSession(
  db: Db,
  digest: Buffer,
  at: Bounds,
  takeNotice: boolean,
): Promise<Session | undefined> {
  const { rows } = await sql<RpSessionRow & { waiting: unknown }>`
    with live as (
      select id_digest, notice as waiting from rp_session
      where id_digest = ${digest} and active_at > ${at.idleSince} and expires_at > ${at.now}
      for update
    )
    update rp_session
    set active_at = greatest(active_at, ${at.now}), notice = case when ${takeNotice} then null else notice end
    from live where rp_session.id_digest = live.id_digest
    returning rp_session.*, live.waiting`.execute(db);
  const row = rows[0];
  return row && toSession({ ...row, notice: takeNotice ? row.waiting : null });
}

export async function insertSession(trx: Trx, session: Session): Promise<void> {
  await trx.insertInto('rp_session').values(toRow(session)).execute();
}

/** Takes one session away, whatever its state. */
export async function deleteSession(db: Db | Trx, digest: Buffer): Promise<Session | undefined> {
  const row = await db
    .deleteFrom('rp_session')
    .where('id_digest', '=', digest)
    .returningAll()
    .executeTakeFirst();
  return row && toSession(row);
}

/** Takes away what a logout token names: one session by `sid`, or every session of `sub`. */
export async function deleteSessionsOf(
  trx: Trx,
  iss: string,
  who: { sub: string | undefined; sid: string | undefined },
): Promise<Session[]> {
  let query = trx.deleteFrom('rp_session').where('iss', '=', iss);
  if (who.sub !== undefined) query = query.where('sub', '=', who.sub);
  if (who.sid !== undefined) query = query.where('sid', '=', who.sid);
  return (await query.returningAll().execute()).map(toSession);
}

/** Takes away at most `limit` sessions that are past their bounds. */
export async function deleteDeadSessions(trx: Trx, at: Bounds, limit: number): Promise<Session[]> {
  const rows = await trx
    .deleteFrom('rp_session')
    .where('id_digest', 'in', (dead) =>
      dead
        .selectFrom('rp_session')
        .select('id_digest')
        .where((where) =>
          where.or([where('expires_at', '<=', at.now), where('active_at', '<=', at.idleSince)]),
        )
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .execute();
  return rows.map(toSession);
}

export interface Renewal {
  digest: Buffer;
  account: Account;
  knownAccounts: KnownAccount[];
  personName: string;
  tokensSealed: Buffer;
  notice: Notice;
}

/**
 * Gives the session of `from` a new id and another account. The generation grows.
 * @returns false when it ended meanwhile
 */
export async function renewSession(trx: Trx, from: Buffer, to: Renewal, now: Date): Promise<boolean> {
  const result = await trx
    .updateTable('rp_session')
    .set((row) => ({
      id_digest: to.digest,
      ...accountColumns(to.account),
      known_accounts: JSON.stringify(to.knownAccounts),
      person_name: to.personName,
      tokens_sealed: to.tokensSealed,
      notice: JSON.stringify(to.notice),
      generation: row('generation', '+', 1),
      refreshed_at: now,
      token_lease_until: null,
    }))
    .where('id_digest', '=', from)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function storeNotice(db: Db, digest: Buffer, notice: Notice): Promise<void> {
  await db
    .updateTable('rp_session')
    .set({ notice: JSON.stringify(notice) })
    .where('id_digest', '=', digest)
    .execute();
}

export interface Refreshment {
  account: Account;
  knownAccounts: KnownAccount[];
  personName: string;
  tokensSealed: Buffer;
}

/** Stores what a refresh brought and gives the lease back. @returns false when the session ended meanwhile */
export async function storeRefreshment(
  db: Db,
  digest: Buffer,
  brought: Refreshment,
  now: Date,
): Promise<boolean> {
  const result = await db
    .updateTable('rp_session')
    .set({
      ...accountColumns(brought.account),
      known_accounts: JSON.stringify(brought.knownAccounts),
      person_name: brought.personName,
      tokens_sealed: brought.tokensSealed,
      refreshed_at: now,
      token_lease_until: null,
    })
    .where('id_digest', '=', digest)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/**
 * Reserves the session's tokens until `until`, so that one request at a time, on any replica, speaks of them
 * with the token endpoint: a refresh beside an exchange would find its grant dead.
 * @param refreshedBefore only when the last refresh is older
 * @returns the session as it is now; `busy` when another request has it or it is fresh; undefined when it ended
 */
export async function takeTokenLease(
  db: Db,
  digest: Buffer,
  now: Date,
  until: Date,
  refreshedBefore: Date = until,
): Promise<Session | 'busy' | undefined> {
  const row = await db
    .updateTable('rp_session')
    .set({ token_lease_until: until })
    .where('id_digest', '=', digest)
    .where('refreshed_at', '<', refreshedBefore)
    .where((where) =>
      where.or([where('token_lease_until', 'is', null), where('token_lease_until', '<=', now)]),
    )
    .returningAll()
    .executeTakeFirst();
  if (row) return toSession(row);
  const there = await db.selectFrom('rp_session').select('sub').where('id_digest', '=', digest).execute();
  return there.length > 0 ? 'busy' : undefined;
}

export async function releaseTokenLease(db: Db, digest: Buffer): Promise<void> {
  await db
    .updateTable('rp_session')
    .set({ token_lease_until: null })
    .where('id_digest', '=', digest)
    .execute();
}

/** Notes that the account was shown what waits for it. @returns whether this was the first time */
export async function markTodosShown(db: Db, digest: Buffer, accountId: string): Promise<boolean> {
  const result = await db
    .updateTable('rp_session')
    .set({ todos_shown: sql`array_append(todos_shown, ${accountId})` })
    .where('id_digest', '=', digest)
    .where(sql<boolean>`not (${accountId} = any(todos_shown))`)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Remembers what the single entry ended, so that whoever comes back with it is asked there first. */
export async function rememberEnded(trx: Trx, digests: Buffer[], at: Date): Promise<void> {
  if (digests.length === 0) return;
  await trx
    .insertInto('session_ended_elsewhere')
    .values(digests.map((digest) => ({ id_digest: digest, ended_at: at })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Whether the single entry ended this session; it is told once. */
export async function takeEnded(db: Db, digest: Buffer): Promise<boolean> {
  const result = await db
    .deleteFrom('session_ended_elsewhere')
    .where('id_digest', '=', digest)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
}

/** Remembers whose sessions these were: what is sent with one afterwards is that person's. */
export async function rememberPast(trx: Trx, ended: Session[], at: Date): Promise<void> {
  if (ended.length === 0) return;
  await trx
    .insertInto('session_past')
    .values(
      ended.map(({ digest, iss, sub, account }) => ({
        ...{ id_digest: digest, iss, sub, account_id: account.id },
        ended_at: at,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Whose session this was, when it ended after `since` without a word of the person's own. */
export async function findPast(db: Db, digest: Buffer, since: Date): Promise<Past | undefined> {
  return db
    .selectFrom('session_past')
    .select(['iss', 'sub', 'account_id as accountId'])
    .where('id_digest', '=', digest)
    .where('ended_at', '>', since)
    .executeTakeFirst();
}

/** Forgets those that nobody came back with. */
export async function forgetEnded(trx: Trx, before: Date): Promise<void> {
  await trx.deleteFrom('session_ended_elsewhere').where('ended_at', '<', before).execute();
  await trx.deleteFrom('session_past').where('ended_at', '<', before).execute();
}
