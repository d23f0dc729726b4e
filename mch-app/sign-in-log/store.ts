import { type Expression, type SqlBool, sql } from 'kysely';
import { type KeysetPage, keysetAfter, keysetOrder } from '#db/keyset.ts';
import type { Db, Trx } from '#db/mch/tables.ts';
import { startsWith } from '#db/prefix.ts';

export interface NewEntry {
  digest: Buffer;
  how: 'sign_in' | 'switch';
  sub: string;
  personName: string;
  account: { id: string; unit: { code: string; name: string } };
  ip: string;
  at: Date;
}

/** Somebody signed in, or went on as another account. */
export async function openEntry(trx: Trx, entry: NewEntry): Promise<void> {
  await trx
    .insertInto('sign_in_log')
    .values({
      session_digest: entry.digest,
      how: entry.how,
      sub: entry.sub,
      person_name: entry.personName,
      account_id: entry.account.id,
      unit_code: entry.account.unit.code,
      unit_name: entry.account.unit.name,
      ip: entry.ip,
      signed_in_at: entry.at,
    })
    .execute();
}

/** The same person goes on as the same account, under another session id. @returns false when there was no such entry */
export async function moveEntry(trx: Trx, from: Buffer, to: Buffer): Promise<boolean> {
  const moved = await trx
    .updateTable('sign_in_log')
    .set({ session_digest: to })
    .where('session_digest', '=', from)
    .executeTakeFirst();
  return moved.numUpdatedRows === 1n;
}

/** These sessions are over. */
export async function closeEntries(trx: Trx, digests: Buffer[], reason: string, at: Date): Promise<void> {
  if (digests.length === 0) return;
  await trx
    .updateTable('sign_in_log')
    .set({ session_digest: null, signed_out_at: at, end_reason: reason })
    .where('session_digest', 'in', digests)
    .execute();
}

export interface LogLine {
  id: number;
  position: string;
  how: 'sign_in' | 'switch';
  personName: string;
  accountId: string;
  unitCode: string;
  unitName: string;
  ip: string;
  signedInAt: Date;
  signedOutAt: Date | null;
  endReason: string | null;
}

/** Whose lines: of one unit, or of all. */
export type LogScope = { unitCode: string } | 'nation';

export interface LogFilter {
  /** Days in Taipei, both included. */
  from?: string | undefined;
  to?: string | undefined;
  /** Beginnings. */
  account?: string | undefined;
  name?: string | undefined;
  unit?: string | undefined;
}

/** M-38: one line a sign-in, in the order of signing in. */
export async function listEntries(
  db: Db,
  scope: LogScope,
  filter: LogFilter,
  page: KeysetPage,
  limit: number,
): Promise<LogLine[]> {
  return db
    .selectFrom('sign_in_log as l')
    .select(['l.id', 'l.how', 'l.person_name as personName', 'l.account_id as accountId', 'l.ip'])
    .select(['l.unit_code as unitCode', 'l.unit_name as unitName', 'l.signed_in_at as signedInAt'])
    .select(['l.signed_out_at as signedOutAt', 'l.end_reason as endReason'])
    .select(sql<string>`l.signed_in_at::text`.as('position'))
    .where((row) => row.and(conditions(scope, filter)))
    .where(keysetAfter('l.signed_in_at', 'l.id', page))
    .orderBy(keysetOrder('l.signed_in_at', 'l.id', page))
    .limit(limit)
    .execute();
}

function conditions(scope: LogScope, { from, to, account, name, unit }: LogFilter): Expression<SqlBool>[] {
  const parts: Expression<SqlBool>[] = [sql<SqlBool>`true`];
  if (scope !== 'nation') parts.push(sql<SqlBool>`l.unit_code = ${scope.unitCode}`);
  if (from) parts.push(sql<SqlBool>`l.signed_in_at >= ${from}::date::timestamp at time zone 'Asia/Taipei'`);
  if (to) {
    parts.push(sql<SqlBool>`l.signed_in_at < (${to}::date + 1)::timestamp at time zone 'Asia/Taipei'`);
  }
  if (account) parts.push(startsWith('l.account_id', account));
  if (name) parts.push(startsWith('l.person_name', name));
  if (unit) parts.push(startsWith('l.unit_code', unit.toUpperCase()));
  return parts;
}

export interface HourOfSignIns {
  hour: Date;
  people: number;
}

/** M-32: how many people signed in, of every unit, in each hour from the same hour yesterday to this one: 25. */
export async function countPerHour(db: Db, now: Date): Promise<HourOfSignIns[]> {
  const { rows } = await sql<HourOfSignIns>`
    with last as (select date_trunc('hour', ${now}::timestamptz) as hour)
    select h.hour, count(distinct l.sub)::int as people
    from last, generate_series(last.hour - interval '24 hours', last.hour, interval '1 hour') as h(hour)
    left join sign_in_log l on l.how = 'sign_in' and l.signed_in_at >= h.hour
      and l.signed_in_at < h.hour + interval '1 hour' and l.signed_in_at <= ${now}
    group by h.hour order by h.hour`.execute(db);
  return rows;
}
