import { sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';
import { isSqlState } from '#db/handle.ts';
import { LIFETIME_CLASSES, type LifetimeClass } from './artefact-id.ts';

/** Rows stay readable a little past their expiry: clock tolerance, and errors that need the row. */
const GRACE_SECONDS = 600;
/** Empty partitions kept ready beyond the longest life, should the job rest for a while. */
const AHEAD = 3;
const LOCK_TIMEOUT = '55P03';

/**
 * Creates the partitions soon needed and drops those that hold only expired rows. Any number of replicas may
 * call it at once. New partitions are attached rather than created in place, which blocks no reader or writer.
 */
export async function maintainPartitions(db: Db, now: Date): Promise<{ created: number; dropped: number }> {
  const nowSeconds = Math.floor(now.getTime() / 1000);
  let created = 0;
  let dropped = 0;
  for (const life of LIFETIME_CLASSES) {
    const existing = await listBuckets(db, life);
    const first = Math.floor((nowSeconds - GRACE_SECONDS) / life.bucketSeconds);
    const last = Math.floor((nowSeconds + life.longestSeconds) / life.bucketSeconds) + AHEAD;
    for (let bucket = first; bucket <= last; bucket += 1) {
      if (!existing.has(bucket) && (await createPartition(db, life, bucket))) created += 1;
    }
    for (const bucket of existing) {
      if (bucket < first && (await dropPartition(db, life, bucket))) dropped += 1;
    }
  }
  return { created, dropped };
}

async function listBuckets(db: Db, life: LifetimeClass): Promise<Set<number>> {
  const { rows } = await sql<{ name: string }>`
    select inhrelid::regclass::text as name from pg_inherits where inhparent = ${life.table}::regclass`.execute(
    db,
  );
  return new Set(rows.map((row) => Number(row.name.split('_').at(-1))));
}

async function createPartition(db: Db, life: LifetimeClass, bucket: number): Promise<boolean> {
  const parent = sql.table(life.table);
  const name = `${life.table}_${bucket}`;
  const partition = sql.table(name);
  const value = sql.lit(bucket);
  return db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext('artefact_partitions'))`.execute(trx);
    const { rows } = await sql<{ there: boolean }>`select to_regclass(${name}) is not null as there`.execute(
      trx,
    );
    if (rows[0]?.there) return false; // another replica made it first
    await sql`create table ${partition} (like ${parent} including all)`.execute(trx);
    await sql`alter table ${partition} add constraint bucket_is check (bucket = ${value})`.execute(trx);
    await sql`alter table ${parent} attach partition ${partition} for values in (${value})`.execute(trx);
    return true;
  });
}

/** A busy parent is left for the next round rather than made to wait. */
async function dropPartition(db: Db, life: LifetimeClass, bucket: number): Promise<boolean> {
  try {
    await db.transaction().execute(async (trx) => {
      await sql`set local lock_timeout = '200ms'`.execute(trx);
      await sql`drop table if exists ${sql.table(`${life.table}_${bucket}`)}`.execute(trx);
    });
    return true;
  } catch (error) {
    if (isSqlState(error, LOCK_TIMEOUT)) return false;
    throw error;
  }
}
