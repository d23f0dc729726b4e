import { sql } from 'kysely';
import type { Trx } from '#db/idp/tables.ts';

/** What is the person's alone and serves nothing once they are gone. */
const THEIRS = [
  'password_credential',
  'password_history',
  'password_reset',
  'totp_credential',
  'passkey',
  'person_card',
  'upstream_link',
  'upstream_generation',
  'recovery_code',
  'pending_email',
  'message',
  'saved_filter',
  'announcement_seen',
  'kept_page',
] as const;

/** The account without anything of the person: its row and number stay, because records name it. */
export async function eraseAccount(
  trx: Trx,
  accountId: string,
  nothing: { nationalIdSealed: Buffer; nationalIdIndex: Buffer },
): Promise<void> {
  for (const table of THEIRS) await trx.deleteFrom(table).where('account_id', '=', accountId).execute();
  await trx
    .updateTable('account')
    .set({
      login_name: sql<string>`'erased-' || person_no`,
      name: '-',
      title: '',
      email: sql<string>`'erased-' || person_no || '@erased.invalid'`,
      phone: '',
      spare_phone: '',
      unit_phone: '',
      mobile: '',
      spare_email: '',
      national_id_sealed: nothing.nationalIdSealed,
      national_id_index: nothing.nationalIdIndex,
      national_id_declared_at: null,
      last_sign_in_at: null,
    })
    .where('id', '=', accountId)
    .execute();
  await trx
    .updateTable('subsystem_account')
    .set({ holder_name: '-', national_id_index: nothing.nationalIdIndex, local_password_hash: null })
    .where('account_id', '=', accountId)
    .execute();
}

/** The applications that became the account, down to what was decided and when. @returns how many */
export async function eraseApplications(trx: Trx, accountId: string): Promise<number> {
  const ids = await trx
    .updateTable('enrollment')
    .set({
      personal_sealed: null,
      national_id_index: null,
      login_name: null,
      password_hash: null,
      confirm_digest: null,
    })
    .where('account_id', '=', accountId)
    .returning('id')
    .execute();
  if (ids.length === 0) return 0;
  const enrollments = ids.map(({ id }) => id);
  await trx.deleteFrom('enrollment_scan').where('enrollment_id', 'in', enrollments).execute();
  await trx
    .updateTable('enrollment_event')
    .set({ reason: null })
    .where('enrollment_id', 'in', enrollments)
    .execute();
  return ids.length;
}
