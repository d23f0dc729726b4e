import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Uniqueness } from '../policy.ts';
import type { Reviewer } from '../types.ts';

/** Statuses in which an application holds its account name. */
const HOLDING = ['unconfirmed', 'pending_unit_review', 'pending_hca', 'pending_paper', 'returned'] as const;

/** Whether the name is somebody else's, or the person has an account or an application at the unit already. */
export async function findUniqueness(
  trx: Trx,
  of: { enrollmentId: string; loginName: string; nationalIdIndex: Buffer; unitCode: string },
): Promise<Uniqueness> {
  const { rows } = await sql<Uniqueness>`
    select
      exists (select from account where login_name = ${of.loginName})
        or exists (select from enrollment where login_name = ${of.loginName} and id <> ${of.enrollmentId}
          and status = any(${[...HOLDING]})) as "loginNameTaken",
      exists (select from account where national_id_index = ${of.nationalIdIndex}
        and unit_code = ${of.unitCode} and status = 'active')
        or exists (select from enrollment where national_id_index = ${of.nationalIdIndex}
          and unit_code = ${of.unitCode} and id <> ${of.enrollmentId}
          and status in ('pending_unit_review', 'pending_hca', 'pending_paper', 'returned')) as "activeInUnit"`.execute(
    trx,
  );
  return rows[0] ?? { loginNameTaken: true, activeInUnit: true };
}

/** The reviewer of this login name, with what the rules ask about them. */
export async function findReviewer(
  trx: Db | Trx,
  loginName: string,
  now: Date,
): Promise<Reviewer | undefined> {
  const row = await reviewers(trx).where('login_name', '=', loginName).executeTakeFirst();
  return row && toReviewer(row, now);
}

export async function findReviewerById(trx: Db | Trx, id: string, now: Date): Promise<Reviewer | undefined> {
  const row = await reviewers(trx).where('id', '=', id).executeTakeFirst();
  return row && toReviewer(row, now);
}

/** The person who put in the application's form in the applicant's place, if anybody did. */
export async function findAttacher(trx: Db | Trx, enrollmentId: string): Promise<Uint8Array | undefined> {
  const row = await trx
    .selectFrom('enrollment_scan as s')
    .innerJoin('account as a', 'a.id', 's.attached_by')
    .select('a.national_id_index')
    .where('s.enrollment_id', '=', enrollmentId)
    .executeTakeFirst();
  return row?.national_id_index;
}

function reviewers(trx: Db | Trx) {
  return trx
    .selectFrom('account')
    .select(['id', 'role', 'unit_code', 'national_id_index', 'status', 'expires_at'])
    .select('national_id_declared_at');
}

type ReviewerRow = Awaited<ReturnType<ReturnType<typeof reviewers>['executeTakeFirstOrThrow']>>;

function toReviewer(row: ReviewerRow, now: Date): Reviewer {
  return {
    accountId: row.id,
    role: row.role,
    unitCode: row.unit_code,
    nationalIdIndex: row.national_id_index,
    isActive: row.status === 'active' && (row.expires_at === null || row.expires_at > now),
    isProven: row.national_id_declared_at === null,
  };
}

export interface NewAccount {
  id: string;
  loginName: string;
  name: string;
  title: string;
  email: string;
  phone: string;
  sparePhone: string;
  unitPhone: string;
  mobile: string;
  spareEmail: string;
  unitCode: string;
  role: 'user' | 'unit_manager';
  nationalIdSealed: Buffer;
  nationalIdIndex: Buffer;
  createdAt: Date;
}

/** Opens an account under the next free person number. */
export async function insertAccount(trx: Trx, account: NewAccount): Promise<void> {
  await trx
    .insertInto('account')
    .values({
      id: account.id,
      person_no: sql<string>`lpad(nextval('account_person_no')::text, 8, '0')`,
      login_name: account.loginName,
      name: account.name,
      title: account.title,
      email: account.email,
      phone: account.phone,
      spare_phone: account.sparePhone,
      unit_phone: account.unitPhone,
      mobile: account.mobile,
      spare_email: account.spareEmail,
      unit_code: account.unitCode,
      role: account.role,
      status: 'active',
      national_id_sealed: account.nationalIdSealed,
      national_id_index: account.nationalIdIndex,
      created_at: account.createdAt,
    })
    .execute();
}

export interface ReviewerContact {
  accountId: string;
  name: string;
  phone: string;
  email: string;
}

/** Active administrators of the agency, who decide about managers. */
export function listAgencyReviewers(db: Db | Trx, now: Date): Promise<ReviewerContact[]> {
  return listOfRole(db, 'hpa_admin', now);
}

/** Active operators, who may decide about managers too. */
export function listOperators(db: Db | Trx, now: Date): Promise<ReviewerContact[]> {
  return listOfRole(db, 'platform_ops', now);
}

async function listOfRole(
  db: Db | Trx,
  role: 'hpa_admin' | 'platform_ops',
  now: Date,
): Promise<ReviewerContact[]> {
  return db
    .selectFrom('account')
    .select(['id as accountId', 'name', 'phone', 'email'])
    .where('role', '=', role)
    .where('status', '=', 'active')
    .where((account) => account.or([account('expires_at', 'is', null), account('expires_at', '>', now)]))
    .orderBy('created_at')
    .limit(20)
    .execute();
}
