import { sql } from 'kysely';
import { isSqlState } from '#db/handle.ts';
import type { Db, Trx } from '#db/idp/tables.ts';

const LOCK_TIMEOUT = '55P03';
const CHECK_VIOLATION = '23514';

/** One at a time, on whatever replica. */
async function lockPartitions(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('audit partitions'))`.execute(trx);
}

/** The partitions there are, with the moments they end; those without bounds are left out. */
export async function listPartitions(db: Db | Trx): Promise<{ name: string; until: Date }[]> {
  const { rows } = await sql<{ name: string; until: string | null }>`
    select inhrelid::regclass::text as name,
      substring(pg_get_expr(c.relpartbound, c.oid) from $$ TO [(]'([^']+)'$$) as until
    from pg_inherits join pg_class c on c.oid = inhrelid
    where inhparent = 'audit_event'::regclass`.execute(db);
  return rows.flatMap(({ name, until }) => (until === null ? [] : [{ name, until: new Date(until) }]));
}

/**
 * Makes the partition of a month, attached rather than created in place: that blocks no reader or writer.
 * @returns false when another replica made it, or records of that month already lie beyond all partitions
 */
export async function createPartition(db: Db, from: Date, to: Date): Promise<boolean> {
  const name = `audit_event_${from.toISOString().slice(0, 7).replace('-', '_')}`;
  const partition = sql.table(name);
  const bounds = [sql.lit(from.toISOString()), sql.lit(to.toISOString())];
  try {
    return await db.transaction().execute(async (trx) => {
      await lockPartitions(trx);
      const { rows } = await sql<{
        there: boolean;
      }>`select to_regclass(${name}) is not null as there`.execute(trx);
      if (rows[0]?.there) return false;
      await sql`create table ${partition} (like audit_event including defaults including constraints)`.execute(
        trx,
      );
      await sql`alter table audit_event attach partition ${partition}
        for values from (${bounds[0]}) to (${bounds[1]})`.execute(trx);
      await sql`select guard_audit_partition(${name})`.execute(trx);
      return true;
    });
  } catch (error) {
    if (isSqlState(error, CHECK_VIOLATION) || isSqlState(error, LOCK_TIMEOUT)) return false;
    throw error;
  }
}

/** What a partition holds, and whether every record of it is sealed. */
export async function describePartition(trx: Trx, name: string) {
  await sql`set local statement_timeout = '120s'`.execute(trx);
  const { rows } = await sql<{ records: number; firstId: number; lastId: number; loose: number }>`
    with sealed as materialized (
      select unnest(ids) as id from audit_seal where month < (select max(at) from ${sql.table(name)})::date + 1
    )
    select count(*)::int as records, coalesce(min(e.id), 0) as "firstId", coalesce(max(e.id), 0) as "lastId",
      count(*) filter (where s.id is null)::int as loose
    from ${sql.table(name)} e left join sealed s on s.id = e.id`.execute(trx);
  return rows[0] ?? { records: 0, firstId: 0, lastId: 0, loose: 0 };
}

/**
 * Removes a partition when `remove` says so, in one transaction with what it writes.
 * @returns false when it was busy or not to be removed
 */
export async function dropPartition(
  db: Db,
  name: string,
  remove: (trx: Trx) => Promise<boolean>,
): Promise<boolean> {
  try {
    return await db.transaction().execute(async (trx) => {
      await lockPartitions(trx);
      const { rows } = await sql<{
        there: boolean;
      }>`select to_regclass(${name}) is not null as there`.execute(trx);
      if (!rows[0]?.there || !(await remove(trx))) return false;
      await sql`set local lock_timeout = '500ms'`.execute(trx);
      await sql`drop table ${sql.table(name)}`.execute(trx);
      return true;
    });
  } catch (error) {
    if (isSqlState(error, LOCK_TIMEOUT)) return false;
    throw error;
  }
}
