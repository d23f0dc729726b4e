import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';

/** One signs at a time, on whatever replica. */
export async function lockCheckpoints(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('audit checkpoint'))`.execute(trx);
}

/** The newest. */
export async function findCheckpoint(db: Db | Trx): Promise<{ seal: number; signedAt: Date } | undefined> {
  return db
    .selectFrom('audit_checkpoint')
    .select(['seal_number as seal', 'signed_at as signedAt'])
    .orderBy('seal_number', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export async function insertCheckpoint(trx: Trx, seal: number, jws: string, at: Date): Promise<void> {
  await trx.insertInto('audit_checkpoint').values({ seal_number: seal, jws, signed_at: at }).execute();
}

/** Those of seals after the given one. */
export async function listCheckpoints(db: Db, afterSeal: number): Promise<{ seal: number; jws: string }[]> {
  return db
    .selectFrom('audit_checkpoint')
    .select(['seal_number as seal', 'jws'])
    .where('seal_number', '>', afterSeal)
    .orderBy('seal_number')
    .execute();
}
