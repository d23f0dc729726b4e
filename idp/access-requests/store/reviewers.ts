import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Identity } from '../policy.ts';
import type { AccessRequest, Level, ProvenReviewer, Reviewer, ReviewerContact } from '../types.ts';

/** Active managing accounts that their persons have bound: what makes somebody a subsystem's manager of a unit. */
const managing = sql`
  select sa.id, sa.subsystem_code, sa.unit_code, sa.account_id
  from subsystem_account sa
  join binding b on b.subsystem_account_id = sa.id and b.account_id = sa.account_id
  join subsystem s on s.code = sa.subsystem_code and s.status = 'active'
  where sa.status = 'active' and exists (
    select from jsonb_array_elements(s.manifest -> 'roles') entry
    where entry ->> 'code' = sa.role and (entry ->> 'manages')::boolean)`;

/** The person as a reviewer, with what the rules ask about them at `now`; held from changes inside a transaction. */
export async function findReviewer(
  db: Db | Trx,
  accountId: string,
  now: Date,
  lock = false,
): Promise<ProvenReviewer | undefined> {
  const query = db
    .selectFrom('account')
    .innerJoin('unit', 'unit.code', 'account.unit_code')
    .select([
      'account.id',
      'account.role',
      'account.unit_code',
      'account.national_id_index',
      'account.status',
    ])
    .select(['account.expires_at', 'account.national_id_declared_at', 'unit.kind', 'unit.county'])
    .where('account.id', '=', accountId);
  const row = await (lock ? query.forShare('account') : query).executeTakeFirst();
  if (!row) return undefined;
  const { rows: managed } = await sql<ProvenReviewer['managed'][number]>`
    select distinct m.subsystem_code as "subsystemCode", m.unit_code as "unitCode", u.kind as "unitKind",
      u.county as county
    from (${managing} and sa.account_id = ${accountId}) m join unit u on u.code = m.unit_code`.execute(db);
  return {
    accountId: row.id,
    role: row.role,
    unitCode: row.unit_code,
    county: row.county,
    unitKind: row.kind,
    managed,
    nationalIdIndex: row.national_id_index,
    isActive: row.status === 'active' && (row.expires_at === null || row.expires_at > now),
    isProven: row.national_id_declared_at === null,
  };
}

/** The person as a reviewer for the lists here. @returns undefined when nobody of that id may act now */
export async function loadReviewer(db: Db, accountId: string, now: Date): Promise<Reviewer | undefined> {
  const found = await findReviewer(db, accountId, now);
  return found?.isActive ? found : undefined;
}

/** Whether anybody of the person's roles or managed units could ever have to review. */
export function mayReview(reviewer: Reviewer): boolean {
  return reviewer.role !== 'user' || reviewer.managed.length > 0;
}

/** Those who may decide the step that waits, at one level, at `now`; the longest in office first. */
export async function listReviewersAt(
  db: Db | Trx,
  request: Pick<AccessRequest, 'subsystemCode' | 'unitCode' | 'chain' | 'step'>,
  level: Level,
  applicant: Identity,
  deciders: Identity[],
  now: Date,
): Promise<ReviewerContact[]> {
  const { subsystemCode, unitCode } = request;
  const waitsFor = request.chain[request.step];
  const place =
    level === 'own'
      ? sql`u.code = ${unitCode}`
      : sql`u.kind = 'health_bureau' and u.county = (select county from unit where code = ${unitCode})`;
  const who =
    level === 'agency'
      ? sql`select a.id, a.unit_code from account a where a.role = 'hpa_admin'`
      : waitsFor === 'unit_manager'
        ? sql`select a.id, a.unit_code from account a join unit u on u.code = a.unit_code
            where a.role = 'unit_manager' and ${place}`
        : sql`select m.account_id as id, m.unit_code
            from (${managing} and sa.subsystem_code = ${subsystemCode}) m
            join unit u on u.code = m.unit_code where ${place}`;
  const people = [applicant, ...deciders];
  const { rows } = await sql<ReviewerContact>`
    select distinct on (a.created_at, a.id) a.id as "accountId", a.name, a.phone, a.email,
      u.name as "unitName", u.name_en as "unitNameEn"
    from (${who}) w join account a on a.id = w.id join unit u on u.code = w.unit_code
    where a.status = 'active' and (a.expires_at is null or a.expires_at > ${now})
      and a.national_id_declared_at is null
      and not a.id = any(${people.map(({ accountId }) => accountId)}::uuid[])
      and not a.national_id_index = any(${people.map(({ nationalIdIndex }) => Buffer.from(nationalIdIndex))}::bytea[])
    order by a.created_at, a.id limit 20`.execute(db);
  return rows;
}
