import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { SealSpan, TrailRecord } from '../types.ts';

/** A moment as UTC text with microseconds, which JavaScript's dates lose. */
export function micros(expression: RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

function selectRecords(db: Db | Trx) {
  return db
    .selectFrom('audit_event')
    .select(['id', 'type', 'outcome', 'reason', 'account_id as accountId', 'client_id as clientId', 'ip'])
    .select(['actor_account_id as actorAccountId', 'session_uid as sessionUid', 'request_id as requestId'])
    .select(['from_subsystem_account_id as fromSubsystemAccountId', 'user_agent as userAgent'])
    .select(['to_subsystem_account_id as toSubsystemAccountId', 'unit_code as unitCode'])
    .select([micros(sql.ref('at')).as('at'), sql<string>`details::text`.as('details')])
    .select(sql<string>`xid::text`.as('xid'));
}

const inSpan = ({ xidFrom, xidTo, afterId }: SealSpan): RawBuilder<SqlBool> =>
  sql<SqlBool>`xid >= ${xidFrom}::xid8 and (${xidTo ?? null}::xid8 is null or xid < ${xidTo ?? null}::xid8)
    and id > ${afterId}`;

/** Records of a span of transactions in the transactions' order; `limit` undefined: all. */
export function listSpan(trx: Trx, span: SealSpan, limit?: number): Promise<TrailRecord[]> {
  // by the column: its text, which has its name in the answer, puts 10 before 9
  const query = selectRecords(trx).where(inSpan(span)).orderBy('audit_event.xid').orderBy('audit_event.id');
  return (limit === undefined ? query : query.limit(limit)).execute();
}

/** How many records wait to be sealed after `span` began. */
export async function countSpan(db: Db | Trx, span: SealSpan): Promise<number> {
  const { count } = await db
    .selectFrom('audit_event')
    .select(sql<number>`count(*)::int`.as('count'))
    .where(inSpan(span))
    .executeTakeFirstOrThrow();
  return count;
}

/** The records with these ids, looked for within the month first and everywhere when some are not there. */
export async function listById(db: Db, ids: number[], month: string): Promise<Map<number, TrailRecord>> {
  const one = sql`${month}::timestamp at time zone 'UTC'`;
  const next = sql`(${month}::timestamp + interval '1 month') at time zone 'UTC'`;
  const wanted = sql<SqlBool>`id = any(${ids}::bigint[])`;
  const found = await selectRecords(db)
    .where(wanted)
    .where(sql<SqlBool>`at >= ${one} and at < ${next}`)
    .execute();
  if (found.length < ids.length) {
    const known = new Set(found.map(({ id }) => id));
    const rest = ids.filter((id) => !known.has(id));
    found.push(
      ...(await selectRecords(db)
        .where(sql<SqlBool>`id = any(${rest}::bigint[])`)
        .execute()),
    );
  }
  return new Map(found.map((record) => [record.id, record]));
}

/** All records of a span of time in order, `limit` from after the given one on. */
export function listRecordsAfter(
  db: Db,
  { from, to, after, limit }: { from?: Date; to?: Date; after?: { at: string; id: number }; limit: number },
): Promise<TrailRecord[]> {
  let query = selectRecords(db).orderBy('audit_event.at').orderBy('id').limit(limit);
  if (from) query = query.where('audit_event.at', '>=', from);
  if (to) query = query.where('audit_event.at', '<', to);
  if (after)
    query = query.where(sql<SqlBool>`(audit_event.at, id) > (${after.at}::timestamptz, ${after.id}::bigint)`);
  return query.execute();
}

/** The earliest record's moment. */
export async function firstRecordAt(db: Db): Promise<Date | undefined> {
  const row = await db.selectFrom('audit_event').select('at').orderBy('at').limit(1).executeTakeFirst();
  return row?.at;
}

/** The newest moment before which records were removed after their retention, as the trail itself says. */
export async function retiredBefore(db: Db): Promise<string | undefined> {
  const row = await db
    .selectFrom('audit_event')
    .select(sql<string>`max(details->>'to')`.as('to'))
    .where('type', '=', 'audit.retired')
    // nothing younger is ever removed, whatever a record says
    .where(sql<SqlBool>`(details->>'to')::timestamptz < at - interval '180 days'`)
    .executeTakeFirst();
  return row?.to ?? undefined;
}
