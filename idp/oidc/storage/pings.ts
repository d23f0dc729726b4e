import type { Database } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';

type Sender = Pick<Database<IdpTables>, 'query'>;

/** A notification that is due (CIBA §10.2). */
export interface Ping {
  id: string;
  requestDigest: Buffer;
  clientId: string;
  sealed: Buffer;
  attempts: number;
  createdAt: Date;
}

interface Row {
  id: string;
  request_digest: Buffer;
  client_id: string;
  secret_sealed: Buffer;
  attempts: number;
  created_at: Date;
}

const LEASE = `
update backchannel_ping set attempts = attempts + 1, leased_until = now() + make_interval(secs => $2),
  next_attempt_at = now() + make_interval(secs => $2)
where id in (
  select id from backchannel_ping
  where next_attempt_at <= now() and delivered_at is null and dead_at is null
  order by next_attempt_at limit $1 for update skip locked)
returning id, request_digest, client_id, secret_sealed, attempts, created_at`;

/** Takes due ones for `seconds`; a worker that dies gives them back when the lease is over. */
export async function leasePings(sender: Sender, limit: number, seconds: number): Promise<Ping[]> {
  return (await sender.query<Row>(LEASE, [limit, seconds])).map((row) => ({
    id: row.id,
    requestDigest: row.request_digest,
    clientId: row.client_id,
    sealed: row.secret_sealed,
    attempts: row.attempts,
    createdAt: row.created_at,
  }));
}

export async function markPingDelivered(sender: Sender, id: string): Promise<void> {
  await sender.query(
    'update backchannel_ping set delivered_at = now(), last_error = null, leased_until = null where id = $1',
    [id],
  );
}

/** @param retryInSeconds undefined when it is never tried again */
export async function markPingFailed(
  sender: Sender,
  id: string,
  error: string,
  retryInSeconds: number | undefined,
): Promise<void> {
  const fate =
    retryInSeconds === undefined
      ? 'dead_at = now(), last_error = $2'
      : 'next_attempt_at = now() + make_interval(secs => $3), last_error = $2';
  const values = [id, error, ...(retryInSeconds === undefined ? [] : [retryInSeconds])];
  await sender.query(`update backchannel_ping set ${fate}, leased_until = null where id = $1`, values);
}
