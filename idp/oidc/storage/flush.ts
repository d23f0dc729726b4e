import { type Database, isSqlState } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { auditColumns } from '../../audit/index.ts';
import type { Writes } from './writes.ts';

/** Why nothing was written: the condition that no longer held. */
export type FlushRefusal =
  'consumed' | 'interaction_ended' | 'session_ended' | 'account_gone' | 'switched_meanwhile';

const FOREIGN_KEY_VIOLATION = '23503';

interface Condition {
  name: FlushRefusal;
  sql: string;
}

/**
 * Writes everything in one statement, so in one round trip and one transaction. Conditions (a one-time artefact
 * still unused, the session still there, the account still allowed) are re-checked in the same statement and
 * guard every other write.
 * @returns undefined when written, else the first condition that failed
 */
export async function flushWrites(
  database: Pick<Database<IdpTables>, 'query'>,
  writes: Writes,
): Promise<FlushRefusal | undefined> {
  const statement = compose(writes);
  if (!statement) return undefined;
  let row: Record<string, boolean> | undefined;
  try {
    [row] = await database.query<Record<string, boolean>>(statement.text, statement.values);
  } catch (error) {
    if (isSqlState(error, FOREIGN_KEY_VIOLATION)) return 'session_ended'; // its row went away meanwhile
    throw error;
  }
  return statement.conditions.find((_name, index) => row?.[`c${index}`] !== true);
}

class Statement {
  readonly parts: string[] = [];
  readonly values: unknown[] = [];
  readonly conditions: Condition[] = [];

  value(value: unknown): string {
    this.values.push(value ?? null);
    return `$${this.values.length}`;
  }

  part(name: string, sql: string): void {
    this.parts.push(`${name} as (${sql})`);
  }

  /** A write that must hit exactly one row. */
  must(name: string, refusal: FlushRefusal, sql: string): void {
    this.part(name, `${sql} returning 1`);
    this.conditions.push({ name: refusal, sql: `(select count(*) from ${name}) = 1` });
  }

  /** A row that must still be there, locked against change until the commit. */
  holds(name: string, refusal: FlushRefusal, sql: string): void {
    this.parts.push(`${name} as materialized (${sql})`);
    this.conditions.push({ name: refusal, sql: `exists (select 1 from ${name})` });
  }
}

function compose(
  writes: Writes,
): { text: string; values: unknown[]; conditions: FlushRefusal[] } | undefined {
  const statement = new Statement();
  conditions(statement, writes);
  const guards = statement.conditions.map((condition) => condition.sql);
  const { length } = statement.parts;
  statement.parts.push(
    `proceed as materialized (select ${guards.length > 0 ? guards.join(' and ') : 'true'} as ok)`,
  );
  guardedWrites(statement, writes);
  if (length === 0 && statement.parts.length === 1) return undefined;
  const results = guards.map((guard, index) => `${guard} as c${index}`);
  return {
    text: `with ${statement.parts.join(',\n')}\nselect ${results.length > 0 ? results.join(', ') : '1'}`,
    values: statement.values,
    conditions: statement.conditions.map((condition) => condition.name),
  };
}

function conditions(statement: Statement, writes: Writes): void {
  const v = (value: unknown): string => statement.value(value);
  writes.consumes.forEach((key, index) => {
    statement.must(
      `consumed_${index}`,
      'consumed',
      `update ${key.table} set consumed_at = now()
       where bucket = ${v(key.bucket)} and id_digest = ${v(key.digest)} and consumed_at is null`,
    );
  });
  if (writes.interactionEnd) {
    statement.must(
      'interaction_end',
      'interaction_ended',
      `delete from oidc_interaction where uid_digest = ${v(writes.interactionEnd)}`,
    );
  }
  if (writes.interaction?.exists) {
    const { digest, payload } = writes.interaction;
    statement.must(
      'interaction_update',
      'interaction_ended',
      `update oidc_interaction set payload = ${v(payload)}, expires_at = to_timestamp(${v(payload.exp)})
       where uid_digest = ${v(digest)}`,
    );
  }
  if (writes.session?.exists) {
    const s = writes.session;
    statement.must(
      'session_update',
      'session_ended',
      `update oidc_session set id_digest = ${v(s.digest)}, account_id = ${v(s.payload.accountId)}, payload = ${v(s.payload)},
         login_at = to_timestamp(${v(s.payload.loginTs)}), active_at = ${v(s.activeAt)}, expires_at = ${v(s.expiresAt)},
         previous_sign_in_at = coalesce(${v(s.previousSignInAt)}, previous_sign_in_at)
       where uid = ${v(s.uid)}`,
    );
  }
  if (writes.grantMove) {
    const move = writes.grantMove;
    statement.must(
      'grant_move',
      'switched_meanwhile',
      `update oidc_session_client set grant_id = ${v(move.to)}, subsystem_account_id = ${v(move.subsystemAccountId)}
       where session_uid = ${v(move.sessionUid)} and client_id = ${v(move.clientId)} and grant_id = ${v(move.from)}`,
    );
  }
  // A new grant is held against a disable or unbind under way: whichever commits first, the other sees it.
  writes.grants.forEach((grant, index) => {
    statement.holds(
      `person_${index}`,
      'account_gone',
      `select 1 from account where id = ${v(grant.accountId)} and status = 'active' for share`,
    );
    if (grant.subsystemAccountId === undefined) return;
    statement.holds(
      `acting_${index}`,
      'account_gone',
      `select 1 from subsystem_account sa join binding b on b.subsystem_account_id = sa.id and b.account_id = sa.account_id
       where sa.id = ${v(grant.subsystemAccountId)} and sa.account_id = ${v(grant.accountId)} and sa.status = 'active'
       for share`,
    );
  });
}

function guardedWrites(statement: Statement, writes: Writes): void {
  const v = (value: unknown): string => statement.value(value);
  const from = 'from proceed where ok';
  writes.inserts.forEach(({ payload, ...key }, index) => {
    statement.part(
      `insert_${index}`,
      `insert into ${key.table} (bucket, id_digest, kind, client_id, account_id, grant_id, session_uid, payload)
       select ${v(key.bucket)}::int, ${v(key.digest)}::bytea, ${v(payload.kind)}, ${v(payload.clientId)},
         ${v(payload.accountId)}::uuid, ${v(payload.grantId)}, ${v(payload.sessionUid)}, ${v(payload)}::jsonb ${from}`,
    );
  });
  writes.removals.forEach((key, index) => {
    statement.part(
      `removal_${index}`,
      `delete from ${key.table} where bucket = ${v(key.bucket)} and id_digest = ${v(key.digest)}`,
    );
  });
  if (writes.interaction && !writes.interaction.exists) {
    const { digest, payload } = writes.interaction;
    statement.part(
      'interaction',
      `insert into oidc_interaction (uid_digest, payload, expires_at)
       select ${v(digest)}::bytea, ${v(payload)}::jsonb, to_timestamp(${v(payload.exp)}) ${from}`,
    );
  }
  sessionWrites(statement, writes, from);
  writes.grants.forEach((grant, index) => {
    statement.part(
      `grant_${index}`,
      `insert into oidc_grant (id, account_id, client_id, session_uid, subsystem_account_id, payload, expires_at)
       select ${v(grant.id)}, ${v(grant.accountId)}::uuid, ${v(grant.clientId)}, ${v(grant.sessionUid)},
         ${v(grant.subsystemAccountId)}, ${v(grant.payload)}::jsonb, to_timestamp(${v(grant.payload.exp)}) ${from}
       on conflict (id) do update set payload = excluded.payload, expires_at = excluded.expires_at`,
    );
  });
  if (writes.grantEnds.size > 0) {
    statement.part(
      'grant_ends',
      `delete from oidc_grant where id = any(${v([...writes.grantEnds])}) and (select ok from proceed)`,
    );
  }
  if (writes.used) {
    statement.part(
      'used',
      `update binding set last_used_at = ${v(writes.used.at)}
       where subsystem_account_id = ${v(writes.used.subsystemAccountId)} and (select ok from proceed)`,
    );
  }
  writes.logouts.forEach((logout, index) => {
    statement.part(
      `logout_${index}`,
      `insert into logout_delivery (client_id, account_id, sid, cause)
       select ${v(logout.clientId)}, ${v(logout.accountId)}::uuid, ${v(logout.sid)}, ${v(logout.cause)} ${from}`,
    );
  });
  writes.audits.forEach((event, index) => {
    const columns = auditColumns(event);
    const names = Object.keys(columns).join(', ');
    const values = Object.values(columns).map((value) => v(value));
    statement.part(
      `audit_${index}`,
      `insert into audit_event (${names}) select ${castAudit(columns, values)} ${from}`,
    );
  });
}

function castAudit(columns: Record<string, unknown>, values: string[]): string {
  const casts: Record<string, string> = {
    account_id: '::uuid',
    actor_account_id: '::uuid',
    details: '::jsonb',
  };
  return Object.keys(columns)
    .map((name, index) => `${values[index] ?? ''}${casts[name] ?? ''}`)
    .join(', ');
}

function sessionWrites(statement: Statement, writes: Writes, from: string): void {
  const v = (value: unknown): string => statement.value(value);
  const { session, sessionEnd, sessionTouch } = writes;
  if (session && !session.exists) {
    statement.part(
      'session_insert',
      `insert into oidc_session (uid, id_digest, account_id, payload, login_at, previous_sign_in_at, active_at, expires_at, ip, user_agent)
       select ${v(session.uid)}, ${v(session.digest)}::bytea, ${v(session.payload.accountId)}::uuid, ${v(session.payload)}::jsonb,
         to_timestamp(${v(session.payload.loginTs)}), ${v(session.previousSignInAt)}::timestamptz, ${v(session.activeAt)}::timestamptz,
         ${v(session.expiresAt)}::timestamptz, ${v(session.ip)}, ${v(session.userAgent)} ${from}`,
    );
  }
  if (sessionTouch) {
    statement.part(
      'session_touch',
      `update oidc_session set active_at = ${v(sessionTouch.activeAt)}, expires_at = ${v(sessionTouch.expiresAt)}
       where uid = ${v(sessionTouch.uid)} and active_at < ${v(sessionTouch.activeAt)} and (select ok from proceed)`,
    );
  }
  if (sessionEnd) {
    statement.part(
      'session_end',
      `delete from oidc_session where uid = ${v(sessionEnd.uid)} and (select ok from proceed)`,
    );
  }
  writes.sessionClients.forEach(({ sessionUid, clientId, value, subsystemAccountId }, index) => {
    statement.part(
      `session_client_${index}`,
      `insert into oidc_session_client (session_uid, client_id, sid, grant_id, subsystem_account_id, persists_logout)
       select ${v(sessionUid)}, ${v(clientId)}, ${v(value.sid)}, ${v(value.grantId)},
         ${v(subsystemAccountId)}, ${v(value.persistsLogout ?? false)}::boolean ${from}
       on conflict (session_uid, client_id) do update
         set sid = excluded.sid, grant_id = excluded.grant_id,
             subsystem_account_id = excluded.subsystem_account_id, persists_logout = excluded.persists_logout,
             next_account_id = null, next_account_until = null`,
    );
  });
  writes.sessionClientRemovals.forEach(({ sessionUid, clientId }, index) => {
    statement.part(
      `session_client_removal_${index}`,
      `delete from oidc_session_client
       where session_uid = ${v(sessionUid)} and client_id = ${v(clientId)} and (select ok from proceed)`,
    );
  });
}
