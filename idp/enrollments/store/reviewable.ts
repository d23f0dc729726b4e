import { type Expression, type SqlBool, sql } from 'kysely';
import { keysetAfter, keysetOrder } from '#db/keyset.ts';
import type { Db } from '#db/idp/tables.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { ListRequest } from '#kit/list.ts';
import type { Reach } from '../../permissions/index.ts';
import { openPersonal } from '../sealed.ts';
import type { EnrollmentRole, EnrollmentStatus, PaperStatus } from '../types.ts';

export type ReviewFilter = 'from' | 'to' | 'unit' | 'unit_name' | 'account' | 'name' | 'status';
export type ReviewSort = 'submitted' | 'account';
export type ReviewRequest = ListRequest<ReviewFilter, ReviewSort>;

/** An application as the list shows it. */
export interface ReviewableRow {
  id: string;
  position: string;
  submittedAt: Date;
  name: string;
  loginName: string;
  unitCode: string;
  unitName: string;
  unitNameEn: string;
  role: EnrollmentRole;
  status: EnrollmentStatus;
  paper: PaperStatus | null;
  waitingSince: Date;
  escalatedAt: Date | null;
}

const SORTS: Record<ReviewSort, string> = { submitted: 'e.submitted_at', account: 'e.login_name' };
/** Literal, so that the partial index of what waits is used whatever the plan. */
const WAITING = sql<SqlBool>`e.status in ('pending_unit_review', 'pending_paper')`;
const SENT = sql<SqlBool>`e.submitted_at is not null and e.status not in ('draft', 'unconfirmed')`;

/**
 * What a reviewer may see: all for the nation; of a unit its general users, since applications of managers are the
 * agency's affair.
 */
function inReach(reach: Reach): Expression<SqlBool> {
  if (reach.nation) return sql<SqlBool>`true`;
  return sql<SqlBool>`e.unit_code = any(${reach.unitCodes}) and e.role = 'user'`;
}

function conditions({ filters }: ReviewRequest, reach: Reach): Expression<SqlBool>[] {
  const { from, to, unit, unit_name: unitName, account, name, status } = filters;
  const literal = (text: string): string => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
  const parts: Expression<SqlBool>[] = [inReach(reach), status === undefined ? WAITING : SENT];
  if (status === 'active' || status === 'returned' || status === 'withdrawn' || status === 'expired') {
    parts.push(sql<SqlBool>`e.status = ${status}`);
  }
  if (from !== undefined)
    parts.push(sql<SqlBool>`e.submitted_at >= ${from}::date::timestamp at time zone 'Asia/Taipei'`);
  if (to !== undefined) {
    parts.push(sql<SqlBool>`e.submitted_at < (${to}::date + 1)::timestamp at time zone 'Asia/Taipei'`);
  }
  if (unit !== undefined) parts.push(sql<SqlBool>`e.unit_code = ${unit.toUpperCase()}`);
  if (unitName !== undefined) {
    parts.push(sql<SqlBool>`(u.name ilike ${literal(unitName)} or u.name_en ilike ${literal(unitName)})`);
  }
  if (account !== undefined) parts.push(sql<SqlBool>`e.login_name = ${account.toLowerCase()}`);
  if (name !== undefined) parts.push(sql<SqlBool>`e.applicant_name ilike ${literal(name)}`);
  return parts;
}

function reviewable(db: Db, request: ReviewRequest, reach: Reach) {
  return db
    .selectFrom('enrollment as e')
    .innerJoin('unit as u', 'u.code', 'e.unit_code')
    .where((each) => each.and(conditions(request, reach)));
}

/** P-47: at most `limit` applications in reach, in the order asked for. */
export async function listReviewable(
  db: Db,
  keyring: Keyring,
  request: ReviewRequest,
  reach: Reach,
  limit: number,
): Promise<ReviewableRow[]> {
  const sort = SORTS[request.sort];
  const rows = await reviewable(db, request, reach)
    .select(['e.id', 'e.submitted_at', 'e.login_name', 'e.unit_code', 'e.role', 'e.status', 'e.paper'])
    .select(['u.name as unit_name', 'u.name_en as unit_name_en', 'e.personal_sealed', 'e.escalated_at'])
    .select(['e.waiting_since', 'e.updated_at', sql<string>`${sql.ref(sort)}::text`.as('position')])
    .where(keysetAfter(sort, 'e.id', request))
    .orderBy(keysetOrder(sort, 'e.id', request))
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    position: row.position,
    submittedAt: row.submitted_at ?? row.updated_at,
    name: row.personal_sealed === null ? '' : openPersonal(keyring, row.id, row.personal_sealed).name,
    loginName: row.login_name ?? '',
    unitCode: row.unit_code ?? '',
    unitName: row.unit_name,
    unitNameEn: row.unit_name_en,
    role: row.role ?? 'user',
    status: row.status,
    paper: row.paper,
    waitingSince: row.waiting_since ?? row.updated_at,
    escalatedAt: row.escalated_at,
  }));
}

export async function countReviewable(
  db: Db,
  request: ReviewRequest,
  reach: Reach,
  upTo: number,
): Promise<number> {
  const { count } = await db
    .selectFrom(reviewable(db, request, reach).select('e.id').limit(upTo).as('found'))
    .select(sql<number>`count(*)`.as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** How many applications wait for the reviewer's turn, and how many of them since before `overdueSince`. */
export async function countWaiting(
  db: Db,
  reach: Reach,
  overdueSince: Date,
): Promise<{ count: number; overdue: number }> {
  const since = sql`coalesce(e.waiting_since, e.updated_at)`;
  return db
    .selectFrom('enrollment as e')
    .select(sql<number>`count(*)::int`.as('count'))
    .select(sql<number>`count(*) filter (where ${since} < ${overdueSince})::int`.as('overdue'))
    .where(WAITING)
    .where(inReach(reach))
    .where(sql<SqlBool>`(e.paper is null or e.paper in ('uploaded', 'reviewing'))`)
    .executeTakeFirstOrThrow();
}

/** The applications before and after this one among those that wait, oldest first. */
export async function findNeighbours(
  db: Db,
  reach: Reach,
  of: { id: string; submittedAt: Date },
): Promise<{ previous?: string; next?: string }> {
  const beside = async (descending: boolean): Promise<string | undefined> => {
    const after = { value: of.submittedAt.toISOString(), id: of.id };
    const row = await db
      .selectFrom('enrollment as e')
      .select('e.id')
      .where(WAITING)
      .where(inReach(reach))
      .where(sql<SqlBool>`e.id <> ${of.id}`)
      .where(keysetAfter('e.submitted_at', 'e.id', { descending, after }))
      .orderBy(keysetOrder('e.submitted_at', 'e.id', { descending }))
      .limit(1)
      .executeTakeFirst();
    return row?.id;
  };
  const [previous, next] = await Promise.all([beside(true), beside(false)]);
  return { ...(previous !== undefined && { previous }), ...(next !== undefined && { next }) };
}
