import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Trx } from '#db/idp/tables.ts';
import type { AlertRule, Hit } from '../types.ts';

const SUBJECTS: Record<AlertRule['subject'], RawBuilder<string>> = {
  account: sql`coalesce(e.actor_account_id, e.account_id)::text`,
  ip: sql`e.ip`,
  client: sql`e.client_id`,
};
const DAY = sql`to_char(at at time zone 'Asia/Taipei', 'YYYY-MM-DD')`;
/** How long an address or device stays known. */
const KNOWN = sql`interval '180 days'`;

/** Whether this transaction may evaluate: one at a time does, on whatever replica. */
export async function lockWatch(trx: Trx): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('watch')) as mine`.execute(trx);
  return rows[0]?.mine === true;
}

/** Where so many records of one subject lie within the window; the first such moment of each day. */
export async function findCounts(trx: Trx, rule: AlertRule, from: Date): Promise<Hit[]> {
  const window = sql`make_interval(mins => ${rule.windowMinutes}::int)`;
  const hour = sql`extract(hour from e.at at time zone 'Asia/Taipei')`;
  const { hours } = rule;
  const inHours = !hours
    ? sql<SqlBool>`true`
    : hours.from <= hours.to
      ? sql<SqlBool>`${hour} >= ${hours.from}::int and ${hour} < ${hours.to}::int`
      : sql<SqlBool>`(${hour} >= ${hours.from}::int or ${hour} < ${hours.to}::int)`;
  const subject = SUBJECTS[rule.subject];
  const { rows } = await sql<Hit>`
    with hits as (
      select ${subject} as subject, e.at, e.ip, coalesce(e.actor_account_id, e.account_id) as account_id, e.unit_code,
        count(*) over (partition by ${subject} order by e.at range between ${window} preceding and current row) as count
      from audit_event e
      where e.at > ${from}::timestamptz - ${window} and ${subject} is not null and ${inHours}
        and (${rule.types}::text[] = '{}' or e.type = any(${rule.types}::text[]))
        and (${rule.outcome}::text is null or e.outcome = ${rule.outcome}::text)
        and e.type not like 'alert.%'
    )
    select distinct on (subject, ${DAY}) subject, ${DAY} as day, at, ip, count::int as count,
      ${rule.subject === 'account' ? sql`account_id` : sql`null::uuid`} as "accountId", unit_code as "unitCode"
    from hits where count >= ${rule.threshold}::int and at > ${from}
    order by subject, ${DAY}, at`.execute(trx);
  return rows;
}

/** Sign-ins of people with rights, who signed in before, but not from this address or kind of browser. */
export async function findNew(trx: Trx, kind: 'new_address' | 'new_device', from: Date): Promise<Hit[]> {
  // versions change with every update of a browser: only what is left without digits counts
  const what = (alias: string) =>
    kind === 'new_address'
      ? sql.ref(`${alias}.ip`)
      : sql`regexp_replace(${sql.ref(`${alias}.user_agent`)}, '[0-9._]+', '', 'g')`;
  const { rows } = await sql<Hit>`
    select distinct on (subject) e.account_id || '|' || md5(${what('e')}) as subject,
      to_char(e.at at time zone 'Asia/Taipei', 'YYYY-MM-DD') as day, e.at, e.ip, 1 as count,
      e.account_id as "accountId", e.unit_code as "unitCode"
    from audit_event e join account a on a.id = e.account_id and a.role <> 'user'
    where e.type = 'sign_in.succeeded' and e.at > ${from} and ${what('e')} is not null
      and exists (select from audit_event o where o.account_id = e.account_id and o.at < e.at
        and o.type = 'sign_in.succeeded' and o.at > e.at - ${KNOWN})
      and not exists (select from audit_event o where o.account_id = e.account_id and o.at < e.at
        and o.type = 'sign_in.succeeded' and o.at > e.at - ${KNOWN} and ${what('o')} = ${what('e')})
    order by subject, e.at`.execute(trx);
  return rows;
}

/** @returns the alert's id, undefined when the rule raised it for that subject that day already */
export async function insertAlert(trx: Trx, rule: string, hit: Hit): Promise<number | undefined> {
  const row = await trx
    .insertInto('alert')
    .values({
      rule,
      subject: hit.subject,
      day: hit.day,
      account_id: hit.accountId,
      unit_code: hit.unitCode,
      event_at: hit.at,
      facts: JSON.stringify({ count: hit.count, ...(hit.ip !== null && { ip: hit.ip }) }),
    })
    .onConflict((on) => on.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

export async function markEvaluated(trx: Trx, code: string, at: Date): Promise<void> {
  await trx.updateTable('alert_rule').set({ evaluated_at: at }).where('code', '=', code).execute();
}
