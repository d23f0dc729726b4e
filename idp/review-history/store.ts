import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { ReviewRecordView } from '#db/idp/review-tables.ts';
import { keysetAfter, keysetOrder } from '#db/keyset.ts';
import type { Db } from '#db/idp/tables.ts';
import type { ListRequest } from '#kit/list.ts';
import { type Reach, whereInReach } from '../permissions/index.ts';

export type HistoryFilter = 'from' | 'to' | 'kind' | 'decision' | 'unit' | 'applicant' | 'reviewer';
/** `subsystemCode`: of one subsystem alone. */
export type HistoryRequest = ListRequest<HistoryFilter, 'at'> & { subsystemCode?: string };

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

/** The kinds there are, each read by itself along its own index; then the first of all are the first of each. */
export const KINDS = ['enrollment', 'access_request', 'permission_request'] as const;
type Kind = (typeof KINDS)[number];

function kindsOf({ filters }: HistoryRequest): readonly Kind[] {
  return KINDS.filter((kind) => filters.kind === undefined || filters.kind === kind);
}

/** As the view `review_record` has them, but one kind each: a union would hide the indexes' order. */
const SOURCES: Record<Kind, RawBuilder<ReviewRecordView>> = {
  enrollment: sql`(
    select 'e' || e.id as id, e.at, 'enrollment' as kind, n.unit_code, null::text as subsystem_code,
      n.login_name as applicant, n.account_id as applicant_account_id,
      case e.status when 'active' then 'approved' when 'returned' then 'returned' else 'supplement' end as decision,
      coalesce(e.reason, '') as comment, e.actor_account_id, e.on_behalf_of_account_id
    from enrollment_event e join enrollment n on n.id = e.enrollment_id
    where e.status in ('active', 'returned', 'need_more') and e.actor_account_id is not null)`,
  access_request: sql`(
    select 'r' || e.id as id, e.at, 'access_request' as kind, r.unit_code, r.subsystem_code,
      a.login_name as applicant, a.id as applicant_account_id, e.deed as decision, e.comment, e.actor_account_id,
      e.on_behalf_of_account_id
    from subsystem_request_event e
    join subsystem_request r on r.id = e.request_id
    join account a on a.id = r.account_id
    where e.deed in ('approved', 'returned'))`,
  permission_request: sql`(
    select 'p' || p.no as id, p.decided_at as at, 'permission_request' as kind, p.unit_code, p.subsystem_code,
      a.login_name as applicant, a.id as applicant_account_id, p.status as decision, p.reason as comment,
      p.decided_by as actor_account_id, null::uuid as on_behalf_of_account_id
    from permission_request p join account a on a.id = p.applicant_account_id
    where p.status in ('allowed', 'refused'))`,
};

function decisions(db: Db, kind: Kind, { filters, subsystemCode }: HistoryRequest, reach: Reach) {
  const { from, to, decision, unit, applicant, reviewer } = filters;
  const parts: Expression<SqlBool>[] = [whereInReach(reach, 'h.unit_code', 'h.subsystem_code')];
  if (subsystemCode !== undefined) parts.push(sql<SqlBool>`h.subsystem_code = ${subsystemCode}`);
  if (from !== undefined)
    parts.push(sql<SqlBool>`h.at >= ${from}::date::timestamp at time zone 'Asia/Taipei'`);
  if (to !== undefined)
    parts.push(sql<SqlBool>`h.at < (${to}::date + 1)::timestamp at time zone 'Asia/Taipei'`);
  if (decision !== undefined) parts.push(sql<SqlBool>`h.decision = ${decision}`);
  if (unit !== undefined) parts.push(sql<SqlBool>`h.unit_code = ${unit.toUpperCase()}`);
  if (applicant !== undefined) parts.push(sql<SqlBool>`h.applicant = ${applicant.toLowerCase()}`);
  if (reviewer !== undefined) {
    parts.push(
      sql<SqlBool>`h.actor_account_id = (select id from account where login_name = ${reviewer.toLowerCase()})`,
    );
  }
  return db
    .selectFrom(SOURCES[kind].as('h'))
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
  const found = await Promise.all(
    kindsOf(request).map((kind) => listOfKind(db, kind, request, reach, limit)),
  );
  const order = (a: Decision, b: Decision): number =>
    a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1);
  const sign = request.descending ? -1 : 1;
  return found
    .flat()
    .toSorted((a, b) => sign * order(a, b))
    .slice(0, limit);
}

async function listOfKind(
  db: Db,
  kind: Kind,
  request: HistoryRequest,
  reach: Reach,
  limit: number,
): Promise<Decision[]> {
  return decisions(db, kind, request, reach)
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

/** How many there are, looking no further than `upTo`. */
export async function countDecisions(
  db: Db,
  request: HistoryRequest,
  reach: Reach,
  upTo: number,
): Promise<number> {
  const counts = await Promise.all(
    kindsOf(request).map((kind) =>
      db
        .selectFrom(decisions(db, kind, request, reach).select('h.id').limit(upTo).as('found'))
        .select(sql<number>`count(*)::int`.as('count'))
        .executeTakeFirstOrThrow(),
    ),
  );
  return Math.min(
    upTo,
    counts.reduce((sum, { count }) => sum + count, 0),
  );
}
