import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { KeyAlarm, KeyAlarmKind, KeyReplica } from '../types.ts';

/** Tells which keys a replica works with. */
export async function saveReplica(db: Db, { replica, stamp, seenAt }: KeyReplica): Promise<void> {
  await db
    .insertInto('key_replica')
    .values({ replica, stamp, seen_at: seenAt })
    .onConflict((oc) => oc.column('replica').doUpdateSet({ stamp, seen_at: seenAt }))
    .execute();
}

/** A replica that stops is missed by nobody. */
export async function forgetReplica(db: Db, replica: string): Promise<void> {
  await db.deleteFrom('key_replica').where('replica', '=', replica).execute();
}

export async function listReplicas(db: Db): Promise<KeyReplica[]> {
  return db
    .selectFrom('key_replica')
    .select(['replica', 'stamp', 'seen_at as seenAt'])
    .orderBy('replica')
    .execute();
}

/** Alarms that stand, the oldest first. */
export async function listAlarms(db: Db): Promise<(KeyAlarm & { raisedAt: Date })[]> {
  const rows = await db
    .selectFrom('key_alarm')
    .select(['kind', 'subject', 'facts', 'raised_at as raisedAt'])
    .where('ended_at', 'is', null)
    .orderBy('raised_at')
    .execute();
  return rows.map((row) => ({ ...row, kind: row.kind as KeyAlarmKind }));
}

/** One judge at a time, across every replica, until the transaction ends. */
export async function lockAlarms(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('key_alarm'))`.execute(trx);
}

export async function insertAlarm(trx: Trx, { kind, subject, facts }: KeyAlarm, at: Date): Promise<void> {
  const row = { kind, subject, facts: JSON.stringify(facts), raised_at: at };
  await trx.insertInto('key_alarm').values(row).execute();
}

export async function closeAlarm(trx: Trx, { kind, subject }: KeyAlarm, at: Date): Promise<void> {
  await trx
    .updateTable('key_alarm')
    .set({ ended_at: at })
    .where('kind', '=', kind)
    .where('subject', '=', subject)
    .where('ended_at', 'is', null)
    .execute();
}
