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
  } else if (waiting) {
    statement.part(
      'waiting_made',
      `insert into oidc_waiting (id_digest, kind, client_id, account_id, user_code_digest, payload_sealed, state,
         interval_seconds, expires_at)
       select ${v(waiting.digest)}::bytea, ${v(waiting.kind)}, ${v(waiting.clientId)}, ${v(waiting.accountId)}::uuid,
         ${v(waiting.userCodeDigest)}::bytea, ${v(waiting.sealed)}::bytea, ${v(waiting.state)},
         ${v(FIRST_INTERVAL_SECONDS)}::integer, ${v(waiting.expiresAt)}::timestamptz`,
    );
  }
}
