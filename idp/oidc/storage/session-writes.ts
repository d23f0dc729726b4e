import type { Statement } from './statement.ts';
import type { Writes } from './writes.ts';

/** The browser's session, and what it holds at each client. */
export function addSessionWrites(statement: Statement, writes: Writes): void {
  const v = (value: unknown): string => statement.value(value);
  const { session, sessionEnd, sessionTouch } = writes;
  if (session && !session.exists) {
    statement.part(
      'session_insert',
      `insert into oidc_session (uid, id_digest, account_id, payload, login_at, previous_sign_in_at, active_at, expires_at, ip, user_agent)
       select ${v(session.uid)}, ${v(session.digest)}::bytea, ${v(session.payload.accountId)}::uuid, ${v(session.payload)}::jsonb,
         to_timestamp(${v(session.payload.loginTs)}), ${v(session.previousSignInAt)}::timestamptz, ${v(session.activeAt)}::timestamptz,
         ${v(session.expiresAt)}::timestamptz, ${v(session.ip)}, ${v(session.userAgent)}`,
    );
  }
  if (session?.upstream) {
    const { linkId, sid, idTokenSealed } = session.upstream;
    statement.part(
      'session_upstream',
      `insert into upstream_session (session_uid, link_id, sid, id_token_sealed)
       select ${v(session.uid)}, ${v(linkId)}::uuid, ${v(sid)}, decode(${v(idTokenSealed)}, 'base64')
       on conflict (session_uid) do update
         set link_id = excluded.link_id, sid = excluded.sid, id_token_sealed = excluded.id_token_sealed`,
    );
  }
  if (sessionTouch) {
    statement.part(
      'session_touch',
      `update oidc_session set active_at = ${v(sessionTouch.activeAt)}, expires_at = ${v(sessionTouch.expiresAt)}
       where uid = ${v(sessionTouch.uid)} and active_at < ${v(sessionTouch.activeAt)}`,
    );
  }
  if (sessionEnd) {
    statement.part('session_end', `delete from oidc_session where uid = ${v(sessionEnd.uid)}`);
  }
  writes.sessionClients.forEach(({ sessionUid, clientId, value, subsystemAccountId }, index) => {
    statement.part(
      `session_client_${index}`,
      `insert into oidc_session_client (session_uid, client_id, sid, grant_id, subsystem_account_id, persists_logout)
       select ${v(sessionUid)}, ${v(clientId)}, ${v(value.sid)}, ${v(value.grantId)},
         ${v(subsystemAccountId)}, ${v(value.persistsLogout ?? false)}::boolean
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
       where session_uid = ${v(sessionUid)} and client_id = ${v(clientId)}`,
    );
  });
}
