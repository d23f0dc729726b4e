import { FIRST_INTERVAL_SECONDS } from '../waiting/polling.ts';
import type { Statement } from './statement.ts';
import type { Writes } from './writes.ts';

/** A request that waits elsewhere: made, answered from the state it was read in, or fetched, each once. */
export function addWaiting(statement: Statement, { waiting, waitingFetched }: Writes): void {
  const v = (value: unknown): string => statement.value(value);
  if (waitingFetched) {
    statement.must(
      'waiting_fetched',
      'consumed',
      `update oidc_waiting set consumed_at = now() where id_digest = ${v(waitingFetched)} and consumed_at is null`,
    );
  }
  if (waiting?.expectedState !== undefined) {
    statement.must(
      'waiting_answered',
      'answered',
      `update oidc_waiting set payload_sealed = ${v(waiting.sealed)}, state = ${v(waiting.state)}
       where id_digest = ${v(waiting.digest)} and state = ${v(waiting.expectedState)} and expires_at > now()`,
    );
    if (waiting.kind === 'BackchannelAuthenticationRequest') {
      statement.part(
        'ping_due',
        `update backchannel_ping set next_attempt_at = now() where request_digest = ${v(waiting.digest)}`,
      );
    }
  } else if (waiting) {
    statement.part(
      'waiting_made',
      `insert into oidc_waiting (id_digest, handle, kind, client_id, account_id, user_code_digest, payload_sealed, state,
         interval_seconds, expires_at)
       select ${v(waiting.digest)}::bytea, ${v(waiting.handle)}::uuid, ${v(waiting.kind)}, ${v(waiting.clientId)}, ${v(waiting.accountId)}::uuid,
         ${v(waiting.userCodeDigest)}::bytea, ${v(waiting.sealed)}::bytea, ${v(waiting.state)},
         ${v(FIRST_INTERVAL_SECONDS)}::integer, ${v(waiting.expiresAt)}::timestamptz`,
    );
    if (waiting.ping) {
      statement.part(
        'ping_made',
        `insert into backchannel_ping (request_digest, client_id, secret_sealed)
         select ${v(waiting.digest)}::bytea, ${v(waiting.clientId)}, ${v(waiting.ping)}::bytea`,
      );
    }
  }
}
