import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Helper, Impersonation, Subject } from './types.ts';

/** The whole of each, with the names of everybody in it. */
export function impersonations(db: Db | Trx) {
  return db
    .selectFrom('impersonation as i')
    .innerJoin('account as o', 'o.id', 'i.operator_account_id')
    .innerJoin('account as p', 'p.id', 'i.account_id')
    .leftJoin('account as d', 'd.id', 'i.decided_by')
    .leftJoin('account as e', 'e.id', 'i.ended_by')
    .select(['i.id', 'i.operator_account_id as operatorAccountId', 'o.name as operatorName'])
    .select(['o.login_name as operatorLoginName', 'i.account_id as accountId', 'p.name as personName'])
    .select(['p.login_name as personLoginName', 'p.email as personEmail'])
    .select(['i.subsystem_account_id as subsystemAccountId', 'i.subsystem_code as subsystemCode'])
    .select(['i.client_id as clientId', 'i.reason', 'i.ticket', 'i.minutes', 'i.status'])
    .select(['i.requested_at as requestedAt', 'i.decided_by as decidedBy', 'd.name as deciderName'])
    .select(['i.decided_at as decidedAt', 'i.comment', 'i.code_until as codeUntil'])
    .select(['i.operator_sign_in as signIn', 'i.session_uid as sessionUid', 'i.begun_at as begunAt'])
    .select(['i.ends_at as endsAt', 'i.ended_at as endedAt', 'e.name as endedByName'])
    .select('i.end_cause as endCause');
}

export async function findImpersonation(db: Db | Trx, id: string): Promise<Impersonation | undefined> {
  return impersonations(db).where('i.id', '=', id).executeTakeFirst();
}

/** Held until the transaction ends: of many deeds at once each sees what the one before made of it. */
export async function lockImpersonation(
  trx: Trx,
  by: { id: string } | { codeDigest: Buffer },
): Promise<Impersonation | undefined> {
  return impersonations(trx)
    .where(sql.ref('id' in by ? 'i.id' : 'i.code_digest'), '=', 'id' in by ? by.id : by.codeDigest)
    .forUpdate('i')
    .executeTakeFirst();
}

/** What runs on a person's accounts just now. */
export async function lockRunningOf(trx: Trx, accountId: string): Promise<Impersonation[]> {
  return impersonations(trx)
    .where('i.account_id', '=', accountId)
    .where('i.status', '=', 'running')
    .forUpdate('i')
    .execute();
}

export async function isRunningFor(trx: Trx, operatorAccountId: string): Promise<boolean> {
  // the account is held, so that two begun at once see each other
  await trx.selectFrom('account').select('id').where('id', '=', operatorAccountId).forNoKeyUpdate().execute();
  const row = await trx
    .selectFrom('impersonation')
    .select('id')
    .where('operator_account_id', '=', operatorAccountId)
    .where('status', '=', 'running')
    .executeTakeFirst();
  return row !== undefined;
}

const ACTIVE = sql<boolean>`a.status = 'active' and (a.expires_at is null or a.expires_at > now())`;

const PROVEN = sql<boolean>`a.national_id_declared_at is null`;

/** Kept as it is until the transaction ends. */
export async function findHelper(db: Db | Trx, accountId: string): Promise<Helper | undefined> {
  return db
    .selectFrom('account as a')
    .select(['a.id as accountId', 'a.role', 'a.national_id_index as nationalIdIndex'])
    .select([ACTIVE.as('isActive'), PROVEN.as('isProven')])
    .where('a.id', '=', accountId)
    .forShare('a')
    .executeTakeFirst();
}

/** A subsystem account and its person, kept as they are until the transaction ends. */
export async function findSubject(db: Db | Trx, subsystemAccountId: string): Promise<Subject | undefined> {
  return db
    .selectFrom('subsystem_account as sa')
    .innerJoin('account as a', 'a.id', 'sa.account_id')
    .select(['a.id as accountId', 'a.role', 'a.national_id_index as nationalIdIndex'])
    .select(['sa.id as subsystemAccountId', 'sa.subsystem_code as subsystemCode'])
    .select([ACTIVE.as('isActive'), PROVEN.as('isProven')])
    .select(
      sql<boolean>`sa.status = 'active' and exists (
        select from binding b where b.subsystem_account_id = sa.id and b.account_id = a.id)`.as('isUsable'),
    )
    .select(
      sql<boolean>`exists (
        select from subsystem_account m join subsystem su on su.code = m.subsystem_code
        where m.account_id = a.id and jsonb_path_exists(su.manifest,
          '$.roles[*] ? (@.code == $role && @.manages == true)', jsonb_build_object('role', m.role)))`.as(
        'manages',
      ),
    )
    .where('sa.id', '=', subsystemAccountId)
    .forShare(['sa', 'a'])
    .executeTakeFirst();
}

export async function insertImpersonation(
  trx: Trx,
  row: {
    id: string;
    operatorAccountId: string;
    accountId: string;
    subsystemAccountId: string;
    subsystemCode: string;
    clientId: string;
    reason: string;
    ticket: string;
    minutes: number;
    at: Date;
  },
): Promise<void> {
  await trx
    .insertInto('impersonation')
    .values({
      id: row.id,
      operator_account_id: row.operatorAccountId,
      account_id: row.accountId,
      subsystem_account_id: row.subsystemAccountId,
      subsystem_code: row.subsystemCode,
      client_id: row.clientId,
      reason: row.reason,
      ticket: row.ticket,
      minutes: row.minutes,
      requested_at: row.at,
    })
    .execute();
}

export async function setDecision(
  trx: Trx,
  id: string,
  decision: { status: 'approved' | 'refused'; by: string; at: Date; comment: string },
): Promise<void> {
  const { status, by, at, comment } = decision;
  await trx
    .updateTable('impersonation')
    .set({ status, decided_by: by, decided_at: at, comment })
    .where('id', '=', id)
    .execute();
}

/** A code made anew makes the one before worthless. */
export async function setCode(
  trx: Trx,
  id: string,
  code: { digest: Buffer; until: Date; signIn: { acr: string; amr: string[]; at: number } },
): Promise<void> {
  await trx
    .updateTable('impersonation')
    .set({
      code_digest: code.digest,
      code_until: code.until,
      operator_sign_in: JSON.stringify(code.signIn),
    })
    .where('id', '=', id)
    .execute();
}

export async function setBegun(
  trx: Trx,
  id: string,
  { at, until, sessionUid }: { at: Date; until: Date; sessionUid: string },
): Promise<void> {
  await trx
    .updateTable('impersonation')
    .set({ status: 'running', begun_at: at, ends_at: until, session_uid: sessionUid, code_digest: null })
    .where('id', '=', id)
    .execute();
}

export async function setOver(
  trx: Trx,
  id: string,
  over: {
    status: 'ended' | 'withdrawn' | 'lapsed';
    at: Date;
    by?: string | undefined;
    cause?: string | undefined;
  },
): Promise<void> {
  await trx
    .updateTable('impersonation')
    .set({
      ...{ status: over.status, ended_at: over.at, code_digest: null },
      ...{ ended_by: over.by ?? null, end_cause: over.cause ?? null },
    })
    .where('id', '=', id)
    .execute();
}

/** How the operator's own session was proven: what the tokens will say. */
export async function findSignIn(
  trx: Trx,
  sessionUid: string,
): Promise<{ acr: string; amr: string[]; at: number } | undefined> {
  const row = await trx
    .selectFrom('oidc_session')
    .select('payload')
    .where('uid', '=', sessionUid)
    .executeTakeFirst();
  const payload = row?.payload as { acr?: string; amr?: string[]; loginTs?: number } | undefined;
  if (payload?.acr === undefined || payload.loginTs === undefined) return undefined;
  return { acr: payload.acr, amr: payload.amr ?? [], at: payload.loginTs };
}

/** The browser session of the one who helps: nobody's account has it. */
export async function insertSession(
  trx: Trx,
  session: {
    uid: string;
    digest: Buffer;
    impersonationId: string;
    payload: Record<string, unknown>;
    loginAt: Date;
    at: Date;
    until: Date;
    ip: string;
    userAgent: string;
  },
): Promise<void> {
  await trx
    .insertInto('oidc_session')
    .values({
      uid: session.uid,
      id_digest: session.digest,
      account_id: null,
      impersonation_id: session.impersonationId,
      payload: JSON.stringify(session.payload),
      login_at: session.loginAt,
      previous_sign_in_at: null,
      active_at: session.at,
      expires_at: session.until,
      ip: session.ip,
      user_agent: session.userAgent,
    })
    .execute();
}
