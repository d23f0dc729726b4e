import { sql } from 'kysely';
import { type KeysetPage, keysetAfter, keysetOrder } from '#db/keyset.ts';
import type { Db, Trx } from '#db/mch/tables.ts';
import type { ChangeRequest, ChangeReviewer, ChangeStep, Party } from './types.ts';

const COLUMNS = [
  'q.no',
  'q.category',
  'q.record_id as recordId',
  'q.account_id as accountId',
  'q.sub',
  'q.person_name as personName',
  'q.unit_code as unitCode',
  'q.unit_name as unitName',
  'q.county',
  'q.phone',
  'q.email',
  'q.content',
  'q.step',
  'q.result',
  'q.created_at as createdAt',
  'q.closed_at as closedAt',
] as const;

export interface NewChangeRequest extends Pick<
  ChangeRequest,
  'category' | 'recordId' | 'phone' | 'email' | 'content'
> {
  party: Party;
  at: Date;
}

export async function insertRequest(
  trx: Trx,
  of: NewChangeRequest,
  reviewers: readonly ChangeReviewer[],
): Promise<number> {
  const { no } = await trx
    .insertInto('change_request')
    .values({
      category: of.category,
      record_id: of.recordId,
      account_id: of.party.accountId,
      sub: of.party.sub,
      person_name: of.party.personName,
      unit_code: of.party.unit.code,
      unit_name: of.party.unit.name,
      county: of.party.unit.county,
      phone: of.phone,
      email: of.email,
      content: of.content,
      result: null,
      created_at: of.at,
      closed_at: null,
    })
    .returning('no')
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('change_request_step')
    .values(
      reviewers.map((reviewer, position) => ({
        request_no: no,
        position,
        reviewer,
        decision: null,
        by_account: null,
        by_name: null,
        by_unit_name: null,
        at: null,
      })),
    )
    .execute();
  return no;
}

/** One request with its steps; inside a transaction it can be locked. */
export async function findRequest(
  db: Db | Trx,
  no: number,
  options: { lock?: boolean } = {},
): Promise<ChangeRequest | undefined> {
  let query = db.selectFrom('change_request as q').select(COLUMNS).where('q.no', '=', no);
  if (options.lock) query = query.forUpdate();
  const row = await query.executeTakeFirst();
  return row && { ...row, steps: await stepsOf(db, no) };
}

async function stepsOf(db: Db | Trx, no: number): Promise<ChangeStep[]> {
  return db
    .selectFrom('change_request_step')
    .select([
      'position',
      'reviewer',
      'decision',
      'reason',
      'by_name as byName',
      'by_unit_name as byUnitName',
      'at',
    ])
    .where('request_no', '=', no)
    .orderBy('position')
    .execute();
}

/** How the person wanted to be reached the last time. */
export async function findLastContact(
  db: Db,
  sub: string,
): Promise<{ phone: string; email: string } | undefined> {
  return db
    .selectFrom('change_request')
    .select(['phone', 'email'])
    .where('sub', '=', sub)
    .orderBy('no', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** One at a time asks about a record: whoever comes second sees the first one's request. */
export async function lockAsking(trx: Trx, recordId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`change-request|${recordId}`}, 0))`.execute(trx);
}

/** Whether a request about this record is under way. */
export async function isAskedFor(trx: Trx, recordId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('change_request')
    .select('no')
    .where('record_id', '=', recordId)
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

export async function decideStep(
  trx: Trx,
  of: {
    no: number;
    position: number;
    decision: NonNullable<ChangeStep['decision']>;
    reason: string;
    party: Party;
    at: Date;
  },
): Promise<void> {
  await trx
    .updateTable('change_request_step')
    .set({
      decision: of.decision,
      reason: of.reason,
      by_account: of.party.accountId,
      by_name: of.party.personName,
      by_unit_name: of.party.unit.name,
      at: of.at,
    })
    .where('request_no', '=', of.no)
    .where('position', '=', of.position)
    .execute();
}

export async function moveRequest(
  trx: Trx,
  no: number,
  to: { step: number } | { result: NonNullable<ChangeRequest['result']>; closedAt: Date },
): Promise<void> {
  await trx
    .updateTable('change_request')
    .set('step' in to ? { step: to.step } : { result: to.result, closed_at: to.closedAt })
    .where('no', '=', no)
    .execute();
}

export interface RequestFilters {
  progress?: 'reviewing' | 'closed';
  no?: number;
  from?: string;
  to?: string;
}

export type RequestLine = Omit<ChangeRequest, 'steps'> & { reviewers: string; decisions: string };

/** A page of the requests somebody made, or has to do with as a reviewer; the newest first. */
export async function listRequests(
  db: Db,
  whose: { sub: string } | { reviewers: readonly ChangeReviewer[]; unitCode: string; county: string },
  filters: RequestFilters,
  page: KeysetPage,
  limit: number,
): Promise<RequestLine[]> {
  let query = db
    .selectFrom('change_request as q')
    .innerJoin('change_request_step as s', 's.request_no', 'q.no')
    .select(COLUMNS)
    .select(sql<string>`string_agg(s.reviewer, ',' order by s.position)`.as('reviewers'))
    .select(sql<string>`string_agg(coalesce(s.decision, ''), ',' order by s.position)`.as('decisions'))
    .where(keysetAfter('q.no', 'q.no', page))
    .groupBy('q.no')
    .orderBy(keysetOrder('q.no', 'q.no', page))
    .limit(limit);
  if ('sub' in whose) query = query.where('q.sub', '=', whose.sub);
  else query = query.where(concerning(whose));
  if (filters.progress === 'reviewing') query = query.where('q.closed_at', 'is', null);
  if (filters.progress === 'closed') query = query.where('q.closed_at', 'is not', null);
  if (filters.no !== undefined) query = query.where('q.no', '=', filters.no);
  if (filters.from !== undefined)
    query = query.where('q.created_at', '>=', new Date(`${filters.from}T00:00:00+08:00`));
  if (filters.to !== undefined)
    query = query.where(
      'q.created_at',
      '<',
      new Date(Date.parse(`${filters.to}T00:00:00+08:00`) + 86_400_000),
    );
  return query.execute();
}

type Reviewing = { reviewers: readonly ChangeReviewer[]; unitCode: string; county: string };

function concerning({ reviewers, unitCode, county }: Reviewing) {
  return sql<boolean>`exists (select 1 from change_request_step mine where mine.request_no = q.no
    and mine.reviewer = any(${[...reviewers]})
    and (mine.reviewer <> 'unit_manager' or q.unit_code = ${unitCode})
    and (mine.reviewer <> 'health_bureau' or q.county = ${county}))`;
}

/** How many requests wait for a step that is this account's: part of a statement. */
export function waitingFor({ reviewers, unitCode, county }: Reviewing, sub: string) {
  return sql<number>`(select count(*) from change_request q join change_request_step s
    on s.request_no = q.no and s.position = q.step
    where q.closed_at is null and q.sub <> ${sub} and s.reviewer = any(${[...reviewers]})
    and (s.reviewer <> 'unit_manager' or q.unit_code = ${unitCode})
    and (s.reviewer <> 'health_bureau' or q.county = ${county}))`;
}
