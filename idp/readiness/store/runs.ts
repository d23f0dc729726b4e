import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Run, Step, Variant } from '../types.ts';

/** Closes a run whose process died, and begins another. @returns undefined while one is under way */
export async function insertRun(
  trx: Trx,
  run: { code: string; clientId: string; startedBy: string | undefined; longestSeconds: number },
): Promise<number | undefined> {
  await sql`update readiness_run set ended_at = now(), outcome = 'interrupted', armed = null
    where subsystem_code = ${run.code} and ended_at is null
      and started_at < now() - make_interval(secs => ${run.longestSeconds})`.execute(trx);
  const row = await trx
    .insertInto('readiness_run')
    .values({ subsystem_code: run.code, client_id: run.clientId, started_by: run.startedBy ?? null })
    .onConflict((on) => on.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

/** The run's own browser session: written here, since nobody could sign in to it. */
export async function insertRunSession(
  trx: Trx,
  session: {
    runId: number;
    uid: string;
    digest: Buffer;
    accountId: string;
    payload: Record<string, unknown>;
    at: Date;
    until: Date;
  },
): Promise<void> {
  await trx
    .insertInto('oidc_session')
    .values({
      uid: session.uid,
      id_digest: session.digest,
      account_id: session.accountId,
      payload: JSON.stringify(session.payload),
      login_at: session.at,
      previous_sign_in_at: null,
      active_at: session.at,
      expires_at: session.until,
      ip: null,
      user_agent: null,
    })
    .execute();
  await trx
    .updateTable('readiness_run')
    .set({ session_uid: session.uid, account_id: session.accountId })
    .where('id', '=', session.runId)
    .execute();
}

/** The next token of the run's client for the run's account will be like this, if it comes before `until`. */
export async function armRun(db: Db, runId: number, variant: Variant, until: Date): Promise<void> {
  await db
    .updateTable('readiness_run')
    .set({ armed: variant, armed_until: until })
    .where('id', '=', runId)
    .where('ended_at', 'is', null)
    .execute();
}

/** Whether the token waited for was issued; in either case none is waited for any more. */
export async function disarmRun(db: Db, runId: number): Promise<boolean> {
  const { rows } = await sql<{ armed: string | null }>`
    update readiness_run set armed = null where id = ${runId} returning old.armed as armed`.execute(db);
  return rows[0]?.armed === null;
}

/**
 * What the token being issued is to be like, once. Everything is looked at again here, in the row itself: the
 * run is under way and armed; session, client and account are the run's; and the account is the technical one of
 * this subsystem, an ordinary user without a password or any other account.
 * @returns undefined for every other token there is
 */
export async function takeArmedVariant(
  db: Db,
  token: { sessionUid: string; clientId: string; accountId: string },
): Promise<Variant | undefined> {
  const { rows } = await sql<{ armed: Variant }>`
    update readiness_run r set armed = null
    from readiness_account ra join account a on a.id = ra.account_id
    where r.session_uid = ${token.sessionUid} and r.client_id = ${token.clientId}
      and r.account_id = ${token.accountId} and r.ended_at is null
      and r.armed is not null and r.armed_until > now()
      and ra.subsystem_code = r.subsystem_code and ra.account_id = r.account_id and a.role = 'user'
      and not exists (select from password_credential p where p.account_id = a.id)
      and not exists (select from subsystem_account o where o.account_id = a.id and o.id <> ra.subsystem_account_id)
    returning old.armed as armed`.execute(db);
  return rows[0]?.armed;
}

/** The `sid` of the run's session at its client, once it was signed in to. */
export async function findRunSid(db: Db, sessionUid: string, clientId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('oidc_session_client')
    .select('sid')
    .where('session_uid', '=', sessionUid)
    .where('client_id', '=', clientId)
    .executeTakeFirst();
  return row?.sid ?? undefined;
}

export async function saveSteps(db: Db | Trx, runId: number, steps: Step[]): Promise<void> {
  await db
    .updateTable('readiness_run')
    .set({ steps: JSON.stringify(steps) })
    .where('id', '=', runId)
    .execute();
}

export async function endRun(trx: Trx, runId: number, outcome: 'passed' | 'failed'): Promise<void> {
  await trx
    .updateTable('readiness_run')
    .set({ ended_at: sql<Date>`clock_timestamp()`, outcome, armed: null })
    .where('id', '=', runId)
    .execute();
}

/** Runs of a subsystem, newest first. */
export async function listRuns(db: Db, code: string, limit: number): Promise<Run[]> {
  return selectRuns(db).where('r.subsystem_code', '=', code).orderBy('r.id', 'desc').limit(limit).execute();
}

/** The newest run of each subsystem. */
export async function listNewestRuns(db: Db): Promise<Run[]> {
  return selectRuns(db)
    .where(
      'r.id',
      'in',
      db
        .selectFrom('readiness_run')
        .select((eb) => eb.fn.max('id').as('id'))
        .groupBy('subsystem_code'),
    )
    .execute();
}

export async function findRun(db: Db, code: string, id: number): Promise<Run | undefined> {
  return selectRuns(db).where('r.subsystem_code', '=', code).where('r.id', '=', id).executeTakeFirst();
}

function selectRuns(db: Db) {
  return db
    .selectFrom('readiness_run as r')
    .leftJoin('account as a', 'a.id', 'r.started_by')
    .select(['r.id', 'r.subsystem_code as subsystemCode', 'r.started_at as startedAt'])
    .select(['r.ended_at as endedAt', 'r.outcome', 'a.name as by'])
    .select(sql<Step[]>`r.steps`.as('steps'));
}
