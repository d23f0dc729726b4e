import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Verification, VerificationSpan } from '../types.ts';

const LEASE = sql`make_interval(secs => 30)`;

/** A verification asked for in the console. */
export interface VerificationRun {
  id: string;
  requestedBy: string;
  requestedAt: Date;
  from: Date | null;
  to: Date | null;
  sealsDone: number;
  sealsTotal: number | null;
  report: Verification | null;
  endedAt: Date | null;
}

function selectRuns(db: Db) {
  return db
    .selectFrom('audit_verification as v')
    .innerJoin('account as a', 'a.id', 'v.requested_by')
    .select(['v.id', 'a.login_name as requestedBy', 'v.requested_at as requestedAt', 'v.from_at as from'])
    .select(['v.to_at as to', 'v.seals_done as sealsDone', 'v.seals_total as sealsTotal'])
    .select([sql<Verification | null>`v.report`.as('report'), 'v.ended_at as endedAt']);
}

export async function insertVerification(
  trx: Trx,
  accountId: string,
  { from, to }: VerificationSpan,
): Promise<string> {
  const { id } = await trx
    .insertInto('audit_verification')
    .values({
      requested_by: accountId,
      from_at: from ?? null,
      to_at: to ?? null,
      leased_until: null,
      seals_total: null,
      ended_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** The newest ones. */
export function listVerifications(db: Db, limit: number): Promise<VerificationRun[]> {
  return selectRuns(db).orderBy('v.requested_at', 'desc').limit(limit).execute();
}

export function findVerification(db: Db, id: string): Promise<VerificationRun | undefined> {
  return selectRuns(db).where('v.id', '=', id).executeTakeFirst();
}

/** Takes the oldest one nobody works at; whoever stops renewing the lease loses it. */
export async function leaseVerification(
  db: Db,
): Promise<{ id: string; from: Date | null; to: Date | null; requestedBy: string } | undefined> {
  return db
    .updateTable('audit_verification')
    .set({ leased_until: sql<Date>`now() + ${LEASE}`, seals_done: 0 })
    .where('id', '=', (eb) =>
      eb
        .selectFrom('audit_verification')
        .select('id')
        .where('ended_at', 'is', null)
        .where((or) => or.or([or('leased_until', 'is', null), or('leased_until', '<', sql<Date>`now()`)]))
        .orderBy('requested_at')
        .limit(1)
        .forUpdate()
        .skipLocked(),
    )
    .returning(['id', 'from_at as from', 'to_at as to', 'requested_by as requestedBy'])
    .executeTakeFirst();
}

export async function recordProgress(db: Db, id: string, done: number, total: number): Promise<void> {
  await db
    .updateTable('audit_verification')
    .set({ seals_done: done, seals_total: total, leased_until: sql<Date>`now() + ${LEASE}` })
    .where('id', '=', id)
    .execute();
}

/** @returns false when it was ended already */
export async function endVerification(trx: Trx, id: string, report: Verification): Promise<boolean> {
  const result = await trx
    .updateTable('audit_verification')
    .set({ report: JSON.stringify(report), ended_at: sql<Date>`now()`, seals_done: report.seals })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
