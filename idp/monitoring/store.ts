import { sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';
import type { SigningAlgorithm } from '../signing-keys/index.ts';
import type { Outbox, Snapshot } from './types.ts';

interface KeyRow {
  alg: SigningAlgorithm;
  publishFrom: string;
  signFrom: string;
  signUntil: string | null;
  publishUntil: string | null;
}

interface Row {
  now: Date;
  mails: Outbox;
  logouts: Outbox;
  pings: Outbox;
  unsealed: { count: number; seconds: number };
  spooled: number;
  keys: KeyRow[] | null;
  buckets: { table: string; last: number }[] | null;
  months: number;
}

/** Everything there is to know, in one statement. @param tables partitioned by numbered buckets */
export async function readSnapshot(db: Db, tables: string[]): Promise<Snapshot> {
  const { rows } = await sql<Row>`
    select clock_timestamp() as now,
      (select json_build_object('waiting', count(*),
        'oldestSeconds', coalesce(extract(epoch from now() - min(created_at)), 0),
        'dead', (select count(*) from mail_message where dead_at is not null))
        from mail_message where sent_at is null and dead_at is null) as mails,
      (select json_build_object('waiting', count(*),
        'oldestSeconds', coalesce(extract(epoch from now() - min(created_at)), 0),
        'dead', (select count(*) from logout_delivery where dead_at is not null))
        from logout_delivery where delivered_at is null and dead_at is null) as logouts,
      (select json_build_object('waiting', count(*) filter (where dead_at is null),
        'oldestSeconds', coalesce(extract(epoch from now() - min(created_at) filter (where dead_at is null)), 0),
        'dead', count(*) filter (where dead_at is not null))
        from backchannel_ping where next_attempt_at is not null and delivered_at is null) as pings,
      (select json_build_object('count', count(*),
        'seconds', coalesce(extract(epoch from clock_timestamp() - min(e.at)), 0))
        from audit_event e where e.xid >= coalesce(
          (select xid_to from audit_seal order by number desc limit 1), '0'::xid8)) as unsealed,
      (select count(*)::int from audit_spool) as spooled,
      (select json_agg(json_build_object('alg', alg, 'publishFrom', publish_from, 'signFrom', sign_from,
        'signUntil', sign_until, 'publishUntil', publish_until))
        from signing_key where revoked_at is null and (publish_until is null or publish_until > now())) as keys,
      (select json_agg(json_build_object('table', parent, 'last', last)) from (
        select inhparent::regclass::text as parent,
          max(substring(inhrelid::regclass::text from '_([0-9]+)$')::bigint) as last
        from pg_inherits where inhparent::regclass::text = any(${tables}::text[]) group by 1) b) as buckets,
      (select count(*)::int from pg_inherits where inhparent = 'audit_event'::regclass
        and inhrelid::regclass::text > to_char(now() at time zone 'UTC', '"audit_event_"YYYY_MM')
        and inhrelid::regclass::text ~ '_[0-9]{4}_[0-9]{2}$') as months`.execute(db);
  const row = rows[0];
  if (!row) throw new Error('the snapshot has no row');
  return {
    databaseTime: row.now.getTime(),
    mails: row.mails,
    logouts: row.logouts,
    pings: row.pings,
    unsealed: row.unsealed.count,
    unsealedSeconds: row.unsealed.seconds,
    spooled: row.spooled,
    keys: (row.keys ?? []).map(timesOf),
    lastBuckets: new Map((row.buckets ?? []).map(({ table, last }) => [table, last])),
    auditMonthsAhead: row.months,
  };
}

function timesOf({ alg, publishFrom, signFrom, signUntil, publishUntil }: KeyRow): Snapshot['keys'][number] {
  const moment = (text: string | null): Date | undefined => (text === null ? undefined : new Date(text));
  return {
    alg,
    publishFrom: new Date(publishFrom),
    signFrom: new Date(signFrom),
    signUntil: moment(signUntil),
    publishUntil: moment(publishUntil),
    revokedAt: undefined,
  };
}
