import { type SqlBool, sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Breach, BreachStep, NewBreach, StepKind } from '../types.ts';

export interface BreachQuery {
  state?: string;
  kind?: string;
}

export interface BreachRow extends Breach {
  position: string;
  overdue: number;
  dueAt: Date | null;
}

function selectBreaches(db: Db | Trx) {
  return db
    .selectFrom('breach as b')
    .innerJoin('account as a', 'a.id', 'b.recorded_by')
    .select(['b.id', 'b.title', 'b.kind', 'b.level', 'b.description', 'b.unit_code as unitCode', 'b.state'])
    .select(['b.persons_affected as personsAffected', 'b.occurred_at as occurredAt', 'b.known_at as knownAt'])
    .select(['b.recorded_at as recordedAt', 'a.name as recordedBy', 'b.report', 'b.closed_at as closedAt']);
}

/** The newest first, or the oldest. */
export async function listBreaches(
  db: Db,
  { state, kind }: BreachQuery,
  page: { descending: boolean; after?: { value: string; id: string }; limit: number },
): Promise<BreachRow[]> {
  const direction = page.descending ? 'desc' : 'asc';
  let rows = selectBreaches(db)
    .select(sql<string>`b.known_at::text`.as('position'))
    .select(
      sql<number>`(select count(*)::int from breach_step s
        where s.breach_id = b.id and s.done_at is null and s.due_at <= now())`.as('overdue'),
    )
    .select(
      sql<Date | null>`(select min(due_at) from breach_step s where s.breach_id = b.id and s.done_at is null)`.as(
        'dueAt',
      ),
    );
  if (state !== undefined) rows = rows.where(sql<SqlBool>`b.state = ${state}`);
  if (kind !== undefined) rows = rows.where(sql<SqlBool>`b.kind = ${kind}`);
  if (page.after) {
    const bound = sql`(${page.after.value}::timestamptz, ${page.after.id}::bigint)`;
    rows = rows.where(
      page.descending
        ? sql<SqlBool>`(b.known_at, b.id) < ${bound}`
        : sql<SqlBool>`(b.known_at, b.id) > ${bound}`,
    );
  }
  return rows.orderBy('b.known_at', direction).orderBy('b.id', direction).limit(page.limit).execute();
}

export async function findBreach(db: Db | Trx, id: number): Promise<Breach | undefined> {
  return selectBreaches(db).where('b.id', '=', id).executeTakeFirst();
}

/** Holds it until the transaction ends. */
export async function lockBreach(trx: Trx, id: number): Promise<Breach | undefined> {
  await trx.selectFrom('breach').select('id').where('id', '=', id).forUpdate().execute();
  return findBreach(trx, id);
}

/** @returns its id, or undefined when there is no such unit */
export async function insertBreach(trx: Trx, breach: NewBreach, by: string): Promise<number | undefined> {
  if (breach.unitCode !== undefined) {
    const unit = trx.selectFrom('unit').select('code').where('code', '=', breach.unitCode);
    if (!(await unit.executeTakeFirst())) return undefined;
  }
  const { id } = await trx
    .insertInto('breach')
    .values({
      title: breach.title,
      kind: breach.kind,
      level: breach.level,
      description: breach.description,
      unit_code: breach.unitCode ?? null,
      persons_affected: breach.personsAffected ?? null,
      occurred_at: breach.occurredAt ?? null,
      known_at: breach.knownAt,
      recorded_by: by,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function closeBreach(trx: Trx, id: number, report: string, by: string): Promise<void> {
  await trx
    .updateTable('breach')
    .set({ state: 'closed', report, closed_at: sql<Date>`now()`, closed_by: by })
    .where('id', '=', id)
    .execute();
}

export async function insertSteps(
  trx: Trx,
  id: number,
  steps: { kind: StepKind; dueAt: Date }[],
): Promise<void> {
  await trx
    .insertInto('breach_step')
    .values(steps.map(({ kind, dueAt }) => ({ breach_id: id, kind, due_at: dueAt })))
    .execute();
}

/** In order of their deadlines. */
export async function listSteps(db: Db | Trx, id: number): Promise<BreachStep[]> {
  return db
    .selectFrom('breach_step as s')
    .leftJoin('account as a', 'a.id', 's.done_by')
    .select(['s.kind', 's.due_at as dueAt', 's.done_at as doneAt', 'a.name as doneBy', 's.note'])
    .where('s.breach_id', '=', id)
    .orderBy('s.due_at')
    .orderBy('s.kind')
    .execute();
}

export async function finishStep(
  trx: Trx,
  id: number,
  step: { kind: StepKind; note: string; by: string },
): Promise<void> {
  await trx
    .updateTable('breach_step')
    .set({ done_at: sql<Date>`now()`, done_by: step.by, note: step.note })
    .where('breach_id', '=', id)
    .where('kind', '=', step.kind)
    .execute();
}

export async function insertNote(trx: Trx, id: number, note: string, by: string): Promise<void> {
  await trx.insertInto('breach_note').values({ breach_id: id, note, written_by: by }).execute();
}

export async function listNotes(db: Db, id: number): Promise<{ at: Date; who: string; note: string }[]> {
  return db
    .selectFrom('breach_note as n')
    .innerJoin('account as a', 'a.id', 'n.written_by')
    .select(['n.written_at as at', 'a.name as who', 'n.note'])
    .where('n.breach_id', '=', id)
    .orderBy('n.id', 'desc')
    .execute();
}

/** Steps past their deadline of which nobody was told yet, taken by one replica each. */
export async function lockOverdue(
  trx: Trx,
  limit: number,
): Promise<{ id: number; title: string; kind: StepKind; dueAt: Date }[]> {
  return trx
    .selectFrom('breach_step as s')
    .innerJoin('breach as b', 'b.id', 's.breach_id')
    .select(['b.id', 'b.title', 's.kind', 's.due_at as dueAt'])
    .where('s.done_at', 'is', null)
    .where('s.told_overdue_at', 'is', null)
    .where('s.due_at', '<=', sql<Date>`now()`)
    .orderBy('s.due_at')
    .limit(limit)
    .forUpdate('s')
    .skipLocked()
    .execute();
}

export async function markTold(trx: Trx, id: number, kind: StepKind): Promise<void> {
  await trx
    .updateTable('breach_step')
    .set({ told_overdue_at: sql<Date>`now()` })
    .where('breach_id', '=', id)
    .where('kind', '=', kind)
    .execute();
}

/** Open breaches, and how many of them have a step overdue. */
export async function countOpen(db: Db): Promise<{ count: number; overdue: number }> {
  return db
    .selectFrom('breach as b')
    .select(sql<number>`count(*)::int`.as('count'))
    .select(
      sql<number>`count(*) filter (where exists (select from breach_step s
        where s.breach_id = b.id and s.done_at is null and s.due_at <= now()))::int`.as('overdue'),
    )
    .where('b.state', '=', 'open')
    .executeTakeFirstOrThrow();
}
