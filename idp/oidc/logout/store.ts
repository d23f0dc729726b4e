import { sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';

export interface LogoutDelivery {
  id: number;
  clientId: string;
  accountId: string;
  sid: string | undefined;
  attempts: number;
  createdAt: Date;
}

/** Takes due deliveries for `leaseSeconds`; a worker that dies gives them back when the lease is over. */
export async function leaseDeliveries(
  db: Db,
  limit: number,
  leaseSeconds: number,
): Promise<LogoutDelivery[]> {
  const { rows } = await sql<{
    id: number;
    client_id: string;
    account_id: string;
    sid: string | null;
    attempts: number;
    created_at: Date;
  }>`
    update logout_delivery set attempts = attempts + 1, leased_until = now() + make_interval(secs => ${leaseSeconds}),
      next_attempt_at = now() + make_interval(secs => ${leaseSeconds})
    where id in (
      select id from logout_delivery
      where delivered_at is null and dead_at is null and next_attempt_at <= now()
      order by next_attempt_at limit ${limit} for update skip locked)
    returning id, client_id, account_id, sid, attempts, created_at`.execute(db);
  return rows.map((row) => ({
    id: row.id,
    clientId: row.client_id,
    accountId: row.account_id,
    sid: row.sid ?? undefined,
    attempts: row.attempts,
    createdAt: row.created_at,
  }));
}

export async function markDelivered(db: Db, id: number): Promise<void> {
  await db
    .updateTable('logout_delivery')
    .set({ delivered_at: sql<Date>`now()`, last_error: null, leased_until: null })
    .where('id', '=', id)
    .execute();
}

export async function markFailed(
  db: Db,
  id: number,
  outcome: { error: string; retryInSeconds: number | undefined },
): Promise<void> {
  await db
    .updateTable('logout_delivery')
    .set(
      outcome.retryInSeconds === undefined
        ? { dead_at: sql<Date>`now()`, last_error: outcome.error, leased_until: null }
        : {
            next_attempt_at: sql<Date>`now() + make_interval(secs => ${outcome.retryInSeconds})`,
            last_error: outcome.error,
            leased_until: null,
          },
    )
    .where('id', '=', id)
    .execute();
}
