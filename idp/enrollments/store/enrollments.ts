import { type Selectable, type Updateable } from 'kysely';
import type { EnrollmentTable } from '#db/idp/enrollment-tables.ts';
import type { AccountRole, Db, Trx } from '#db/idp/tables.ts';
import { UNIQUE_VIOLATION, isSqlState } from '#db/handle.ts';
import type { Locale } from '#kit/http/locale.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { SubsystemChoice } from '../../subsystems/index.ts';
import { openPersonal } from '../sealed.ts';
import type { Enrollment, EnrollmentStep, Retry } from '../types.ts';

type Row = Selectable<EnrollmentTable>;

export async function insertDraft(
  trx: Trx,
  draft: { id: string; unitCode: string | undefined; locale: Locale; at: Date; personalSealed?: Buffer },
): Promise<void> {
  const { id, unitCode, locale, at, personalSealed } = draft;
  await trx
    .insertInto('enrollment')
    .values({
      id,
      status: 'draft',
      unit_code: unitCode ?? null,
      done: unitCode === undefined ? [] : ['unit'],
      ...(personalSealed && { personal_sealed: personalSealed }),
      locale,
      created_at: at,
      updated_at: at,
    })
    .execute();
}

export async function findEnrollment(
  db: Db | Trx,
  keyring: Keyring,
  id: string,
): Promise<Enrollment | undefined> {
  const row = await db.selectFrom('enrollment').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toEnrollment(keyring, row);
}

/** The application, held until the transaction ends: whoever comes next sees what was decided. */
export async function lockEnrollment(
  trx: Trx,
  keyring: Keyring,
  id: string,
): Promise<Enrollment | undefined> {
  const row = await trx
    .selectFrom('enrollment')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toEnrollment(keyring, row);
}

/** The newest application sent under this account name. */
export async function findByLoginName(
  db: Db,
  keyring: Keyring,
  loginName: string,
): Promise<Enrollment | undefined> {
  const row = await db
    .selectFrom('enrollment')
    .selectAll()
    .where('login_name', '=', loginName)
    .where('submitted_at', 'is not', null)
    .orderBy('submitted_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toEnrollment(keyring, row);
}

/** The application that a confirmation link belongs to. */
export async function findIdByConfirmation(db: Db, digest: Buffer): Promise<string | undefined> {
  const row = await db
    .selectFrom('enrollment')
    .select('id')
    .where('confirm_digest', '=', digest)
    .executeTakeFirst();
  return row?.id;
}

export type EnrollmentChanges = Omit<Updateable<EnrollmentTable>, 'id' | 'subsystems' | 'retry'> & {
  subsystems?: SubsystemChoice[];
  retry?: Retry | null;
};

/** Writes changes. @returns false when one of its name, or of its person at the unit, is under way already */
export async function updateEnrollment(trx: Trx, id: string, changes: EnrollmentChanges): Promise<boolean> {
  const { subsystems, retry, ...plain } = changes;
  try {
    await trx
      .updateTable('enrollment')
      .set({
        ...plain,
        ...(subsystems && { subsystems: JSON.stringify(subsystems) }),
        ...(retry !== undefined && { retry: retry && JSON.stringify(retry) }),
      })
      .where('id', '=', id)
      .execute();
    return true;
  } catch (error) {
    if (isSqlState(error, UNIQUE_VIOLATION)) return false;
    throw error;
  }
}

export async function deleteDraft(db: Db, id: string): Promise<void> {
  await db.deleteFrom('enrollment').where('id', '=', id).where('status', '=', 'draft').execute();
}

/** Applications that wait for a decision, oldest first. */
export async function listPending(db: Db, keyring: Keyring, limit: number): Promise<Enrollment[]> {
  const rows = await db
    .selectFrom('enrollment')
    .selectAll()
    .where('status', 'in', ['pending_unit_review', 'pending_paper'])
    .orderBy('submitted_at')
    .limit(limit)
    .execute();
  return rows.map((row) => toEnrollment(keyring, row));
}

/**
 * P-47: how many applications wait for this reviewer: general users of the own unit, or everything for the agency and
 * the operators; never one's own.
 */
export async function countReviewableEnrollments(
  db: Db,
  reviewer: { role: AccountRole; unitCode: string; nationalIdIndex: Uint8Array },
): Promise<number> {
  if (reviewer.role === 'user') return 0;
  let waiting = db
    .selectFrom('enrollment')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('national_id_index', '<>', Buffer.from(reviewer.nationalIdIndex));
  waiting =
    reviewer.role === 'unit_manager'
      ? waiting.where('status', '=', 'pending_unit_review').where('unit_code', '=', reviewer.unitCode)
      : waiting.where('status', 'in', ['pending_unit_review', 'pending_paper']);
  return (await waiting.executeTakeFirst())?.count ?? 0;
}

function toEnrollment(keyring: Keyring, row: Row): Enrollment {
  return {
    id: row.id,
    status: row.status,
    unitCode: row.unit_code ?? undefined,
    role: row.role ?? undefined,
    loginName: row.login_name ?? undefined,
    passwordHash: row.password_hash ?? undefined,
    nationalIdIndex: row.national_id_index ?? undefined,
    personal: row.personal_sealed === null ? undefined : openPersonal(keyring, row.id, row.personal_sealed),
    subsystems: row.subsystems as SubsystemChoice[],
    done: row.done as EnrollmentStep[],
    retry: (row.retry as Retry | null) ?? undefined,
    locale: row.locale as Locale,
    paper: row.paper ?? undefined,
    hcaFailures: row.hca_failures,
    confirmUntil: row.confirm_until ?? undefined,
    confirmSentAt: row.confirm_sent_at ?? undefined,
    accountId: row.account_id ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    submittedAt: row.submitted_at ?? undefined,
  };
}
