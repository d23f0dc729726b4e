import { type SqlBool, sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Alert } from '../types.ts';

export interface AlertQuery {
  state?: string;
  rule?: string;
  person?: string;
}

function selectAlerts(db: Db | Trx) {
  return db
    .selectFrom('alert as t')
    .leftJoin('account as a', 'a.id', 't.account_id')
    .select(['t.id', 't.rule', 't.subject', 't.account_id as accountId', 'a.login_name as loginName'])
    .select([
      't.unit_code as unitCode',
      't.facts',
      't.event_at as eventAt',
      't.raised_at as raisedAt',
      't.state',
    ]);
}

function matching(db: Db, { state, rule, person }: AlertQuery) {
  let rows = selectAlerts(db);
  if (state !== undefined) rows = rows.where(sql<SqlBool>`t.state = ${state}`);
  if (rule !== undefined) rows = rows.where('t.rule', '=', rule);
  if (person !== undefined) rows = rows.where('a.login_name', '=', person.toLowerCase());
  return rows;
}

/** Alerts in order of when they were raised, from after `after` on. */
export async function listAlerts(
  db: Db,
  query: AlertQuery,
  page: { descending: boolean; after?: { value: string; id: string }; limit: number },
): Promise<(Alert & { position: string })[]> {
  const direction = page.descending ? 'desc' : 'asc';
  let rows = matching(db, query).select(sql<string>`t.raised_at::text`.as('position'));
  if (page.after) {
    const bound = sql`(${page.after.value}::timestamptz, ${page.after.id}::bigint)`;
    rows = rows.where(
      page.descending
        ? sql<SqlBool>`(t.raised_at, t.id) < ${bound}`
        : sql<SqlBool>`(t.raised_at, t.id) > ${bound}`,
    );
  }
  return rows.orderBy('t.raised_at', direction).orderBy('t.id', direction).limit(page.limit).execute();
}

export async function countAlerts(db: Db, query: AlertQuery, upTo: number): Promise<number> {
  const { count } = await db
    .selectFrom(matching(db, query).limit(upTo).as('some'))
    .select(sql<number>`count(*)::int`.as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** How many are open, and how many of them for longer than a day. */
export async function countOpen(db: Db): Promise<{ count: number; overdue: number }> {
  return db
    .selectFrom('alert')
    .select(sql<number>`count(*)::int`.as('count'))
    .select(sql<number>`count(*) filter (where raised_at < now() - interval '1 day')::int`.as('overdue'))
    .where('state', '=', 'open')
    .executeTakeFirstOrThrow();
}

export async function findAlert(db: Db | Trx, id: number): Promise<Alert | undefined> {
  return selectAlerts(db).where('t.id', '=', id).executeTakeFirst();
}

/** Holds it until the transaction ends: of two answers the second sees the first. */
export async function lockAlert(trx: Trx, id: number): Promise<Alert | undefined> {
  await trx.selectFrom('alert').select('id').where('id', '=', id).forUpdate().execute();
  return findAlert(trx, id);
}

export async function answerAlert(
  trx: Trx,
  id: number,
  answer: { state: 'explained' | 'escalated'; note: string; by: string },
): Promise<void> {
  await trx.updateTable('alert').set({ state: answer.state }).where('id', '=', id).execute();
  await trx
    .insertInto('alert_answer')
    .values({ alert_id: id, state: answer.state, note: answer.note, answered_by: answer.by })
    .execute();
}

/** What was said about it, newest first. */
export async function listAnswers(db: Db, id: number) {
  return db
    .selectFrom('alert_answer as r')
    .innerJoin('account as a', 'a.id', 'r.answered_by')
    .select(['r.state', 'r.note', 'r.answered_at as at', 'a.name as who'])
    .where('r.alert_id', '=', id)
    .orderBy('r.id', 'desc')
    .execute();
}
