import { type Expression, type SqlBool, sql } from 'kysely';
import { keysetAfter, keysetOrder } from '#db/keyset.ts';
import type { Db } from '#db/idp/tables.ts';
import type { ListRequest } from '#kit/list.ts';
import { type Reach, whereInReach } from '../permissions/index.ts';

export type HistoryFilter = 'from' | 'to' | 'kind' | 'decision' | 'unit' | 'applicant' | 'reviewer';
export type HistoryRequest = ListRequest<HistoryFilter, 'at'>;

/** One decision. */
export interface Decision {
  id: string;
  position: string;
  at: Date;
  kind: string;
  unitCode: string;
  unitName: string;
  unitNameEn: string;
  subsystemCode: string | null;
  applicant: string;
  applicantName: string | null;
  decision: string;
  comment: string;
  reviewer: string | null;
  onBehalfOf: string | null;
}

function decisions(db: Db, { filters }: HistoryRequest, reach: Reach) {
  const { from, to, kind, decision, unit, applicant, reviewer } = filters;
  const parts: Expression<SqlBool>[] = [whereInReach(reach, 'h.unit_code', 'h.subsystem_code')];
  if (from !== undefined)
    parts.push(sql<SqlBool>`h.at >= ${from}::date::timestamp at time zone 'Asia/Taipei'`);
  if (to !== undefined)
    parts.push(sql<SqlBool>`h.at < (${to}::date + 1)::timestamp at time zone 'Asia/Taipei'`);
  if (kind !== undefined) parts.push(sql<SqlBool>`h.kind = ${kind}`);
  if (decision !== undefined) parts.push(sql<SqlBool>`h.decision = ${decision}`);
  if (unit !== undefined) parts.push(sql<SqlBool>`h.unit_code = ${unit.toUpperCase()}`);
  if (applicant !== undefined) parts.push(sql<SqlBool>`h.applicant = ${applicant.toLowerCase()}`);
  if (reviewer !== undefined) {
    parts.push(
      sql<SqlBool>`h.actor_account_id = (select id from account where login_name = ${reviewer.toLowerCase()})`,
    );
  }
  return db
    .selectFrom('review_record as h')
    .innerJoin('unit as u', 'u.code', 'h.unit_code')
    .where((row) => row.and(parts));
}

/** Decisions in reach, in the order asked for. */
export async function listDecisions(
  db: Db,
  request: HistoryRequest,
  reach: Reach,
  limit: number,
): Promise<Decision[]> {
  return decisions(db, request, reach)
    .leftJoin('account as a', 'a.id', 'h.applicant_account_id')
    .leftJoin('account as d', 'd.id', 'h.actor_account_id')
    .leftJoin('account as b', 'b.id', 'h.on_behalf_of_account_id')
    .select(['h.id', 'h.at', 'h.kind', 'h.unit_code as unitCode', 'h.subsystem_code as subsystemCode'])
    .select(['h.applicant', 'a.name as applicantName', 'h.decision', 'h.comment'])
    .select(['d.name as reviewer', 'b.name as onBehalfOf', 'u.name as unitName', 'u.name_en as unitNameEn'])
    .select(sql<string>`h.at::text`.as('position'))
    .where(keysetAfter('h.at', 'h.id', request))
    .orderBy(keysetOrder('h.at', 'h.id', request))
    .limit(limit)
    .execute();
}

export async function countDecisions(
  db: Db,
  request: HistoryRequest,
  reach: Reach,
  upTo: number,
): Promise<number> {
  const { count } = await db
    .selectFrom(decisions(db, request, reach).select('h.id').limit(upTo).as('found'))
    .select(sql<number>`count(*)::int`.as('count'))
    .executeTakeFirstOrThrow();
  return count;
}
