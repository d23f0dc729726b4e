import { type SqlBool, sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Horizon, Seal, SealHead } from '../types.ts';
import { micros } from './records.ts';

/** Whether this transaction may seal: one at a time does, on whatever replica. */
export async function lockSealing(trx: Trx): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('audit seal')) as mine`.execute(trx);
  return rows[0]?.mine === true;
}

/** Which transactions are over, as this statement sees it; what later statements read is at least as new. */
export async function readHorizon(db: Db | Trx): Promise<Horizon> {
  const row = await db
    .selectNoFrom([
      sql<string>`pg_snapshot_xmin(pg_current_snapshot())::text`.as('xmin'),
      sql<string>`pg_snapshot_xmax(pg_current_snapshot())::text`.as('xmax'),
      micros(sql`clock_timestamp()`).as('at'),
    ])
    .executeTakeFirstOrThrow();
  return row;
}

export async function findHead(db: Db | Trx): Promise<SealHead | undefined> {
  return db
    .selectFrom('audit_seal')
    .select(['number', 'hash', sql<string>`xid_to::text`.as('xidTo'), 'after_id as afterId'])
    .select(micros(sql.ref('sealed_at')).as('sealedAt'))
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export async function highestSealedId(trx: Trx): Promise<number> {
  const row = await trx
    .selectFrom('audit_seal')
    .select(sql<number>`coalesce(max(last_id), 0)`.as('id'))
    .executeTakeFirstOrThrow();
  return row.id;
}

/** @throws a unique violation when another has sealed meanwhile: the number is the fence */
export async function insertSeal(trx: Trx, seal: Seal): Promise<void> {
  await trx
    .insertInto('audit_seal')
    .values({
      number: seal.number,
      month: seal.month,
      xid_from: sql`${seal.xidFrom}::xid8`,
      xid_to: sql`${seal.xidTo}::xid8`,
      after_id: seal.afterId,
      records: seal.ids.length,
      first_id: seal.ids[0] ?? 0,
      last_id: seal.ids.at(-1) ?? 0,
      first_at: seal.firstAt,
      last_at: seal.lastAt,
      ids: seal.ids,
      leaves: seal.leaves,
      root: seal.root,
      previous_hash: seal.previousHash,
      hash: seal.hash,
      sealed_at: seal.sealedAt,
    })
    .execute();
}

/** Seals from a number on, in their order. */
export async function listSeals(db: Db, from: number, to: number, limit: number): Promise<Seal[]> {
  const rows = await db
    .selectFrom('audit_seal')
    .select(['number', 'after_id as afterId', 'leaves', 'root', 'previous_hash as previousHash', 'hash'])
    .select([sql<string>`to_char(month, 'YYYY-MM-DD')`.as('month'), sql<string[]>`ids::text[]`.as('ids')])
    .select([sql<string>`xid_from::text`.as('xidFrom'), sql<string>`xid_to::text`.as('xidTo')])
    .select([micros(sql.ref('first_at')).as('firstAt'), micros(sql.ref('last_at')).as('lastAt')])
    .select(micros(sql.ref('sealed_at')).as('sealedAt'))
    .where('number', '>=', from)
    .where('number', '<=', to)
    .orderBy('number')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, ids: row.ids.map(Number) }));
}

/** The first and last seal made in a span of time. */
export async function sealNumbers(
  db: Db,
  { from, to }: { from?: Date; to?: Date },
): Promise<{ first: number; last: number } | undefined> {
  let query = db
    .selectFrom('audit_seal')
    .select([sql<number | null>`min(number)`.as('first'), sql<number | null>`max(number)`.as('last')]);
  if (from) query = query.where('sealed_at', '>=', from);
  if (to) query = query.where('sealed_at', '<', to);
  const { first, last } = await query.executeTakeFirstOrThrow();
  return first === null || last === null ? undefined : { first, last };
}

/**
 * Records of a span of time that ought to be sealed and are in no seal, at most `limit`. Looks at the seals of
 * that span first, and at every seal for what is left.
 */
export async function listUncovered(
  db: Db,
  { from, to, head, limit }: { from: Date; to: Date; head: SealHead; limit: number },
): Promise<{ id: number; at: string }[]> {
  return db.transaction().execute(async (trx) => {
    await sql`set local statement_timeout = '120s'`.execute(trx);
    const { rows } = await sql<{ id: number; at: string }>`
      with near as materialized (
        select unnest(ids) as id from audit_seal
        where last_at >= ${from} and last_at < ${to}::timestamptz + interval '1 hour'
      ), loose as materialized (
        select e.id, e.at from audit_event e left join near on near.id = e.id
        where near.id is null and e.at >= ${from} and e.at < ${to}
          and (e.id <= ${head.afterId} or e.xid < ${head.xidTo}::xid8)
        order by e.id limit ${limit}
      )
      select id, ${micros(sql`at`)} as at from loose l
      where not exists (
        select from audit_seal s where s.first_id <= l.id and s.last_id >= l.id and l.id = any(s.ids))`.execute(
      trx,
    );
    return rows;
  });
}

/** Whether a seal covers the record: its number. */
export async function findSealOf(db: Db, id: number, at: Date): Promise<number | undefined> {
  const row = await db
    .selectFrom('audit_seal')
    .select('number')
    .where('last_at', '>=', at)
    .where('first_at', '<=', sql<Date>`${at}::timestamptz + interval '1 millisecond'`)
    .where(sql<SqlBool>`${id}::bigint = any(ids)`)
    .limit(1)
    .executeTakeFirst();
  return row?.number;
}
