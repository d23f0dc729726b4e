import { auditColumns, isSpooled, spoolRecord } from '../../audit/index.ts';
import type { Statement } from './statement.ts';
import type { Writes } from './writes.ts';

/** Artefacts, interactions, grants, sign-ins, logouts and audit records. */
export function addWrites(statement: Statement, writes: Writes): void {
  const v = (value: unknown): string => statement.value(value);
  writes.inserts.forEach(({ payload, ...key }, index) => {
    statement.part(
      `insert_${index}`,
      `insert into ${key.table} (bucket, id_digest, kind, client_id, account_id, grant_id, session_uid, payload)
       select ${v(key.bucket)}::int, ${v(key.digest)}::bytea, ${v(payload.kind)}, ${v(payload.clientId)},
         ${v(payload.accountId)}::uuid, ${v(payload.grantId)}, ${v(payload.sessionUid)}, ${v(payload)}::jsonb`,
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
       select ${v(digest)}::bytea, ${v(payload)}::jsonb, to_timestamp(${v(payload.exp)})`,
    );
  }
  writes.grants.forEach((grant, index) => {
    statement.part(
      `grant_${index}`,
      `insert into oidc_grant (id, account_id, client_id, session_uid, subsystem_account_id, payload, expires_at)
       select ${v(grant.id)}, ${v(grant.accountId)}::uuid, ${v(grant.clientId)}, ${v(grant.sessionUid)},
         ${v(grant.subsystemAccountId)}, ${v(grant.payload)}::jsonb, to_timestamp(${v(grant.payload.exp)})
       on conflict (id) do update set payload = excluded.payload, expires_at = excluded.expires_at`,
    );
  });
  if (writes.grantEnds.size > 0) {
    statement.part('grant_ends', `delete from oidc_grant where id = any(${v([...writes.grantEnds])})`);
  }
  if (writes.used) {
    statement.part(
      'used',
      `update binding set last_used_at = ${v(writes.used.at)}
       where subsystem_account_id = ${v(writes.used.subsystemAccountId)}`,
    );
  }
  if (writes.signedIn) {
    const { accountId, at, upstream } = writes.signedIn;
    statement.part(
      'signed_in',
      `update account set last_sign_in_at = ${v(at)} where id = ${v(accountId)}::uuid`,
    );
    if (upstream) {
      const used = `update upstream_link set last_used_at = ${v(at)} where id = ${v(upstream.linkId)}`;
      statement.part('upstream_used', used);
    }
  }
  writes.logouts.forEach((logout, index) => {
    statement.part(
      `logout_${index}`,
      `insert into logout_delivery (client_id, account_id, sid, cause)
       select ${v(logout.clientId)}, ${v(logout.accountId)}::uuid, ${v(logout.sid)}, ${v(logout.cause)}`,
    );
  });
  writes.audits.forEach((event, index) => {
    if (isSpooled(event.type)) {
      statement.part(
        `audit_${index}`,
        `insert into audit_spool (record) select ${v(spoolRecord(event))}::jsonb`,
      );
      return;
    }
    const columns = auditColumns(event);
    const names = Object.keys(columns).join(', ');
    const values = Object.values(columns).map((value) => v(value));
    statement.part(
      `audit_${index}`,
      `insert into audit_event (${names}) select ${castAudit(columns, values)}`,
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
