import type { Statement } from './statement.ts';
import type { Writes } from './writes.ts';

type ExchangeWrite = NonNullable<Writes['exchange']>;

/** As long as a balancer or a browser may ask again for an answer that was lost on its way. */
const ANSWER_KEPT = `interval '30 seconds'`;

/** What must still hold, and the one-time uses themselves. */
export function addConditions(statement: Statement, writes: Writes): void {
  const v = (value: unknown): string => statement.value(value);
  if (writes.exchange) addExchangeLimit(statement, writes.exchange);
  writes.consumes.forEach((key, index) => {
    statement.must(
      `consumed_${index}`,
      'consumed',
      `update ${key.table} set consumed_at = now()
       where bucket = ${v(key.bucket)} and id_digest = ${v(key.digest)} and consumed_at is null`,
    );
  });
  if (writes.interactionEnd) {
    const { digest, answer } = writes.interactionEnd;
    statement.must(
      'interaction_end',
      'interaction_ended',
      answer
        ? `update oidc_interaction set payload = '{}', answer = ${v(answer)}, expires_at = now() + ${ANSWER_KEPT}
           where uid_digest = ${v(digest)} and answer is null`
        : `delete from oidc_interaction where uid_digest = ${v(digest)} and answer is null`,
    );
  }
  if (writes.interaction?.exists) {
    const { digest, payload, expectedProgress } = writes.interaction;
    const unchanged =
      expectedProgress === undefined
        ? ''
        : ` and coalesce(payload->'progress', '{"amr":[]}') - 'retry' = ${v(expectedProgress)}::jsonb - 'retry'`;
    statement.must(
      'interaction_update',
      'interaction_ended',
      `update oidc_interaction set payload = ${v(payload)}, expires_at = to_timestamp(${v(payload.exp)})
       where uid_digest = ${v(digest)} and answer is null${unchanged}`,
    );
  }
  const { session } = writes;
  const upstream = session?.upstream;
  // the provider, the session, the link: in this order also whoever disables a provider or removes a link takes them
  if (upstream) {
    statement.holds(
      'held_provider',
      'account_gone',
      `select l.issuer, l.subject from upstream_link l join upstream_provider p on p.code = l.provider_code and p.status = 'active'
       where l.id = ${v(upstream.linkId)}::uuid for share of p`,
    );
    // asked with the provider held: its logout has been written by now, or waits until this session has been
    statement.holds(
      'signed_in_there',
      'session_ended',
      `select 1 from held_provider where not upstream_over(issuer, subject, ${v(upstream.sid)}::text,
         to_timestamp(${v(upstream.signedInAt)}), to_timestamp(${v(upstream.leftAt)}))`,
    );
  }
  if (session?.exists) {
    const s = session;
    statement.must(
      'session_update',
      'session_ended',
      `update oidc_session set id_digest = ${v(s.digest)}, account_id = case when impersonation_id is null then ${v(s.payload.accountId)}::uuid end, payload = ${v(s.payload)},
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
  if (writes.grantReplaced !== undefined) {
    const sql = `delete from oidc_grant where id = ${v(writes.grantReplaced)}`;
    statement.must('grant_replaced', 'switched_meanwhile', sql);
  }
  // A new grant is held against a disable or unbind under way: whichever commits first, the other sees it.
  const { heldGrant } = writes;
  [...writes.grants, ...(heldGrant ? [heldGrant] : [])].forEach((grant, index) => {
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
  if (writes.heldSession !== undefined) {
    const alive = `select 1 from oidc_session where uid = ${v(writes.heldSession)} and (expires_at > now()) is true for share`;
    statement.holds('held_session', 'session_ended', alive);
  }
  if (upstream) {
    statement.holds(
      'upstream_link',
      'account_gone',
      `select 1 from upstream_link where id = ${v(upstream.linkId)}::uuid
         and account_id = ${v(session.payload.accountId)}::uuid for share`,
    );
  }
  // as every revocation does: first the person and the account, then the grant
  if (heldGrant) {
    const held = `select 1 from oidc_grant where id = ${v(heldGrant.id)} for share`;
    statement.holds('held_grant', 'switched_meanwhile', held);
  }
}

/** Only read here; counted at the statement's very end, so that nobody waits for a count while holding another row. */
function addExchangeLimit(statement: Statement, { clientId, minute, limit }: ExchangeWrite): void {
  const v = (value: unknown): string => statement.value(value);
  statement.holds(
    'exchanges',
    'too_many',
    `select 1 from exchange_count where client_id = ${v(clientId)} and minute = ${v(minute)}
     having coalesce(sum(exchanges), 0) < ${v(limit)}`,
  );
}
