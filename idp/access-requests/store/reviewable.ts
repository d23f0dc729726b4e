import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';
import type { RequestKind, Reviewer } from '../types.ts';

/** What narrows the list; whatever is left out does not. */
export interface ReviewableFilter {
  subsystemCode?: string;
  unitCode?: string;
  /** Part of the unit's name. */
  unitName?: string;
  /** Part of the applicant's name. */
  applicantName?: string;
  /** The blind indexes of an ID number. */
  nationalIdIndexes?: Buffer[];
  kind?: RequestKind;
  role?: string;
  /** The account to be changed. */
  subsystemAccountId?: string;
  /** Asked for from, and before. */
  from?: Date;
  before?: Date;
}

/** After which row the page begins. */
export interface ReviewablePaging {
  after?: { requestedAt: Date; id: string };
  limit: number;
}

export interface ReviewableRow {
  id: string;
  version: number;
  kind: RequestKind;
  subsystemCode: string;
  subsystemAccountId: string | null;
  unitCode: string;
  unitName: string;
  unitNameEn: string;
  role: string;
  duty: string;
  applicantName: string;
  applicantLoginName: string;
  waitsFor: string;
  level: string;
  requestedAt: Date;
}

/** SM-04: the requests whose step is this reviewer's affair and that they may decide, the oldest first. */
export async function listReviewable(
  db: Db,
  reviewer: Reviewer,
  filter: ReviewableFilter,
  { after, limit }: ReviewablePaging,
): Promise<ReviewableRow[]> {
  const page = after
    ? sql`and (r.created_at, r.id) > (${after.requestedAt}::timestamptz, ${after.id}::uuid)`
    : sql``;
  const { rows } = await sql<ReviewableRow>`
    select r.id, r.version, r.kind, r.subsystem_code as "subsystemCode",
      r.subsystem_account_id as "subsystemAccountId", r.unit_code as "unitCode", u.name as "unitName",
      u.name_en as "unitNameEn", r.role, r.duty, a.name as "applicantName", a.login_name as "applicantLoginName",
      r.waits_for as "waitsFor", r.level, r.created_at as "requestedAt"
    ${await waitingFor(db, reviewer)} ${conditions(filter)} ${page}
    order by r.created_at, r.id limit ${limit}`.execute(db);
  return rows;
}

/** How many there are, counted up to `atMost`. */
export async function countReviewable(
  db: Db,
  reviewer: Reviewer,
  filter: ReviewableFilter = {},
  atMost = 1000,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (
      select 1 ${await waitingFor(db, reviewer)} ${conditions(filter)} limit ${atMost}) waiting`.execute(db);
  return rows[0]?.count ?? 0;
}

/** The requests that wait for this reviewer, as the rest of a select. */
export /** What makes a request this reviewer's affair, without a join more than their own places need. */
async function waitingFor(db: Db, reviewer: Reviewer) {
  const { accountId, role, unitCode, county, managed, nationalIdIndex } = reviewer;
  const codes = [...new Set([unitCode, ...managed.map((each) => each.unitCode)])];
  const places = await db
    .selectFrom('unit')
    .select(['code', 'county'])
    .where('code', 'in', codes)
    .where('kind', '=', 'health_bureau')
    .execute();
  const countyOf = new Map(places.map((place) => [place.code, place.county]));
  const ways: RawBuilder<unknown>[] = [];
  if (role === 'hpa_admin') ways.push(sql`r.level = 'agency'`);
  if (role === 'unit_manager') {
    ways.push(sql`(r.waits_for = 'unit_manager' and r.level = 'own' and r.unit_code = ${unitCode})`);
    if (countyOf.has(unitCode)) {
      ways.push(sql`(r.waits_for = 'unit_manager' and r.level = 'bureau' and u.county = ${county})`);
    }
  }
  for (const { subsystemCode, unitCode: at } of managed) {
    const step = sql`r.waits_for = 'subsystem_manager' and r.subsystem_code = ${subsystemCode}`;
    ways.push(sql`(${step} and r.level = 'own' and r.unit_code = ${at})`);
    const below = countyOf.get(at);
    if (below !== undefined) ways.push(sql`(${step} and r.level = 'bureau' and u.county = ${below})`);
  }
  const index = Buffer.from(nationalIdIndex);
  return sql`
    from subsystem_request r
    join unit u on u.code = r.unit_code
    join account a on a.id = r.account_id
    where r.status = 'submitted' and r.waits_for is not null
      and (${ways.length === 0 ? sql`false` : sql.join(ways, sql` or `)})
      and r.account_id <> ${accountId} and a.national_id_index <> ${index}
      and not exists (
        select from subsystem_request_event e
        join account d on d.id in (e.actor_account_id, e.on_behalf_of_account_id)
        where e.request_id = r.id and e.round = r.round and e.deed = 'approved'
          and (d.id = ${accountId} or d.national_id_index = ${index}))`;
}

function conditions(filter: ReviewableFilter) {
  const like = (text: string): string => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
  const { subsystemCode, unitCode, unitName, applicantName, nationalIdIndexes, kind, from, before } = filter;
  const { role, subsystemAccountId } = filter;
  const parts = [
    subsystemCode !== undefined && sql`and r.subsystem_code = ${subsystemCode}`,
    unitCode !== undefined && sql`and r.unit_code = ${unitCode}`,
    unitName !== undefined && sql`and (u.name ilike ${like(unitName)} or u.name_en ilike ${like(unitName)})`,
    applicantName !== undefined && sql`and a.name ilike ${like(applicantName)}`,
    nationalIdIndexes !== undefined && sql`and a.national_id_index = any(${nationalIdIndexes}::bytea[])`,
    kind !== undefined && sql`and r.kind = ${kind}`,
    role !== undefined && sql`and r.role = ${role}`,
    subsystemAccountId !== undefined && sql`and r.subsystem_account_id = ${subsystemAccountId}`,
    from !== undefined && sql`and r.created_at >= ${from}`,
    before !== undefined && sql`and r.created_at < ${before}`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? sql`` : sql.join(parts, sql` `);
}
