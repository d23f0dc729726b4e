import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';

/** How one client took its logouts since a moment. Delays in milliseconds, from the deed to the delivery. */
export interface ClientHealth {
  clientId: string;
  delivered: number;
  /** Not delivered yet, and tried in vain so far. */
  failing: number;
  waiting: number;
  dead: number;
  p50: number | null;
  p95: number | null;
  lastError: string | null;
}

export async function listHealth(db: Db, since: Date): Promise<ClientHealth[]> {
  const { rows } = await sql<ClientHealth>`
    select client_id as "clientId",
      count(*) filter (where delivered_at is not null)::int as delivered,
      count(*) filter (where delivered_at is null and dead_at is null and last_error is not null)::int as failing,
      count(*) filter (where delivered_at is null and dead_at is null and last_error is null)::int as waiting,
      count(*) filter (where dead_at is not null)::int as dead,
      round(extract(epoch from percentile_cont(0.5) within group (order by delivered_at - created_at)) * 1000)::int as p50,
      round(extract(epoch from percentile_cont(0.95) within group (order by delivered_at - created_at)) * 1000)::int as p95,
      (array_agg(last_error order by id desc) filter (where last_error is not null))[1] as "lastError"
    from logout_delivery where created_at >= ${since} group by client_id order by client_id`.execute(db);
  return rows;
}

export interface DeadLetter {
  id: string;
  clientId: string;
  loginName: string | null;
  cause: string;
  createdAt: Date;
  deadAt: Date;
  attempts: number;
  lastError: string | null;
}

/** Logouts given up, newest first; `before` an id of the page before. */
export async function listDead(
  db: Db,
  { clientId, before }: { clientId: string | undefined; before: number | undefined },
  limit: number,
): Promise<DeadLetter[]> {
  let query = db
    .selectFrom('logout_delivery as d')
    .leftJoin('account as a', 'a.id', 'd.account_id')
    .select([sql<string>`d.id::text`.as('id'), 'd.client_id as clientId', 'a.login_name as loginName'])
    .select(['d.cause', 'd.created_at as createdAt', sql<Date>`d.dead_at`.as('deadAt'), 'd.attempts'])
    .select('d.last_error as lastError')
    .where('d.dead_at', 'is not', null);
  if (clientId !== undefined) query = query.where('d.client_id', '=', clientId);
  if (before !== undefined) query = query.where('d.id', '<', before);
  return query.orderBy('d.id', 'desc').limit(limit).execute();
}

export async function countDead(db: Db, clientId: string | undefined, upTo: number): Promise<number> {
  let query = db.selectFrom('logout_delivery').select('id').where('dead_at', 'is not', null).limit(upTo);
  if (clientId !== undefined) query = query.where('client_id', '=', clientId);
  return (await query.execute()).length;
}

/** Puts dead letters back in the queue, due now, with a day of tries before them. @returns how many there were */
export async function revive(
  trx: Trx,
  which: { ids: number[] } | { clientId: string | undefined },
): Promise<number> {
  let query = trx
    .updateTable('logout_delivery')
    .set({
      dead_at: null,
      attempts: 0,
      next_attempt_at: sql<Date>`now()`,
      created_at: sql<Date>`now()`,
      last_error: null,
    })
    .where('dead_at', 'is not', null);
  if ('ids' in which) query = query.where('id', 'in', which.ids.length > 0 ? which.ids : [0]);
  else if (which.clientId !== undefined) query = query.where('client_id', '=', which.clientId);
  const result = await query.executeTakeFirst();
  await sql`select pg_notify('logout_delivery', '')`.execute(trx);
  return Number(result.numUpdatedRows);
}
