import { sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';

const MOST_EVENTS = 10_000;

/** The person and how they sign in; never a secret, nor a digest of one. */
export async function readPerson(db: Db, accountId: string) {
  const profile = await db
    .selectFrom('account as a')
    .innerJoin('unit as u', 'u.code', 'a.unit_code')
    .select(['a.id', 'a.person_no as personNo', 'a.login_name as loginName', 'a.name', 'a.title', 'a.email'])
    .select(['a.phone', 'a.role', 'a.status', 'a.expires_at as expiresAt', 'a.created_at as createdAt'])
    .select([
      'a.spare_phone as sparePhone',
      'a.unit_phone as unitPhone',
      'a.mobile',
      'a.spare_email as spareEmail',
    ])
    .select('a.national_id_declared_at as nationalIdDeclaredAt')
    .select(['a.last_sign_in_at as lastSignInAt', 'u.code as unitCode', 'u.name as unitName'])
    .select('a.national_id_sealed as nationalIdSealed')
    .where('a.id', '=', accountId)
    .executeTakeFirstOrThrow();
  const password = await db
    .selectFrom('password_credential')
    .select('changed_at as changedAt')
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  const authenticatorApps = await db
    .selectFrom('totp_credential')
    .select(['name', 'enrolled_at as enrolledAt'])
    .where('account_id', '=', accountId)
    .execute();
  const passkeys = await db
    .selectFrom('passkey')
    .select(['name', 'transports', 'added_at as addedAt', 'last_used_at as lastUsedAt'])
    .where('account_id', '=', accountId)
    .execute();
  const institutionAccounts = await db
    .selectFrom('upstream_link')
    .select(['provider_code as provider', 'issuer', 'subject'])
    .select(['linked_at as linkedAt', 'last_used_at as lastUsedAt'])
    .where('account_id', '=', accountId)
    .execute();
  const personCards = await db
    .selectFrom('person_card')
    .select(['name', 'issuer', 'serial', 'card_no as cardNo', 'added_at as addedAt'])
    .select('last_used_at as lastUsedAt')
    .where('account_id', '=', accountId)
    .execute();
  const newEmail = await db
    .selectFrom('pending_email')
    .select(['email', 'expires_at as expiresAt'])
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  const recoveryCodes = await db
    .selectFrom('recovery_code')
    .select(['created_at as createdAt', 'used_at as usedAt'])
    .where('account_id', '=', accountId)
    .execute();
  const resets = await db
    .selectFrom('password_reset')
    .select(['requested_at as requestedAt', 'ended_at as endedAt', 'ended_by as endedBy'])
    .where('account_id', '=', accountId)
    .execute();
  return {
    profile: { ...profile, emailToBeConfirmed: newEmail ?? null },
    signIn: {
      passwordChangedAt: password?.changedAt ?? null,
      authenticatorApps,
      passkeys,
      institutionAccounts,
      personCards,
      recoveryCodes,
      passwordResets: resets,
    },
  };
}

/**
 * The person's subsystem accounts, bound or not, with those not claimed yet that bear their national ID: a
 * confirmed one, or anybody could look up another's by writing their number.
 */
export function readSubsystemAccounts(db: Db, accountId: string) {
  return db
    .selectFrom('subsystem_account as sa')
    .innerJoin('account as me', (join) => join.on('me.id', '=', accountId))
    .leftJoin('binding as b', 'b.subsystem_account_id', 'sa.id')
    .select(['sa.id', 'sa.subsystem_code as subsystem', 'sa.unit_code as unitCode'])
    .select(['sa.holder_name as holderName', 'sa.role', 'sa.duty', 'sa.menu_roles as menuRoles', 'sa.fields'])
    .select(['sa.status', 'sa.suspended_because as suspendedBecause', 'sa.created_at as createdAt'])
    .select(['b.name as binding', 'b.favourite', 'b.bound_at as boundAt', 'b.last_used_at as lastUsedAt'])
    .where((eb) =>
      eb.or([
        eb('sa.account_id', '=', accountId),
        eb.and([
          eb('sa.account_id', 'is', null),
          eb('me.national_id_declared_at', 'is', null),
          eb('sa.national_id_index', '=', eb.ref('me.national_id_index')),
        ]),
      ]),
    )
    .orderBy('sa.id')
    .execute();
}

/** What was done by the person and to their account, newest first; never by whom else. */
export async function readTraces(db: Db, accountId: string) {
  const sessions = await db
    .selectFrom('oidc_session')
    .select(['login_at as signedInAt', 'active_at as activeAt', 'expires_at as expiresAt', 'ip'])
    .select('user_agent as userAgent')
    .where('account_id', '=', accountId)
    .orderBy('active_at', 'desc')
    .execute();
  const events = await db
    .selectFrom('audit_event')
    .select(['at', 'type', 'outcome', 'reason', 'client_id as clientId', 'ip', 'user_agent as userAgent'])
    .select([
      'from_subsystem_account_id as fromSubsystemAccount',
      'to_subsystem_account_id as toSubsystemAccount',
    ])
    .select('details')
    .where('account_id', '=', accountId)
    .orderBy('id', 'desc')
    .limit(MOST_EVENTS)
    .execute();
  const mails = await db
    .selectFrom('mail_message')
    .select(['kind', 'created_at as queuedAt', 'sent_at as sentAt'])
    .where('account_id', '=', accountId)
    .orderBy('id', 'desc')
    .execute();
  const messages = await db
    .selectFrom('message')
    .select(['subsystem_code as subsystem', 'sender_zh as sender', 'subject_zh as subject'])
    .select(['subject_en as subjectEnglish', 'body_zh as body', 'body_en as bodyEnglish', 'link'])
    .select(['received_at as receivedAt', 'read_at as readAt'])
    .where('account_id', '=', accountId)
    .orderBy('id', 'desc')
    .execute();
  const savedFilters = await db
    .selectFrom('saved_filter')
    .select(['list', 'name', 'query', 'created_at as savedAt'])
    .where('account_id', '=', accountId)
    .execute();
  const seen = await db
    .selectFrom('announcement_seen')
    .select('seen_at as at')
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return { sessions, events, mails, messages, savedFilters, announcementsSeenAt: seen?.at ?? null };
}

/** The applications that became this account, and what it asked for since. */
export async function readApplications(db: Db, accountId: string) {
  const enrollments = await db
    .selectFrom('enrollment as e')
    .leftJoin('enrollment_scan as s', 's.enrollment_id', 'e.id')
    .select(['e.id', 'e.status', 'e.unit_code as unitCode', 'e.role', 'e.subsystems'])
    .select(['e.personal_sealed as personalSealed', 'e.created_at as createdAt'])
    .select(['e.submitted_at as submittedAt', 's.name as scanName', 's.uploaded_at as scanUploadedAt'])
    .select(
      sql<unknown[]>`(select coalesce(json_agg(json_build_object('at', v.at, 'status', v.status,
        'reason', v.reason) order by v.id), '[]') from enrollment_event v where v.enrollment_id = e.id)`.as(
        'events',
      ),
    )
    .where('e.account_id', '=', accountId)
    .execute();
  const subsystemRequests = await db
    .selectFrom('subsystem_request')
    .select(['subsystem_code as subsystem', 'unit_code as unitCode', 'role', 'duty'])
    .select(['menu_roles as menuRoles', 'fields', 'status', 'created_at as createdAt'])
    .select(['kind', 'subsystem_account_id as subsystemAccountId', 'before', 'reason'])
    .select(
      sql<unknown[]>`(select coalesce(json_agg(json_build_object('at', v.at, 'deed', v.deed,
        'comment', v.comment) order by v.id), '[]') from subsystem_request_event v
        where v.request_id = subsystem_request.id)`.as('events'),
    )
    .where('account_id', '=', accountId)
    .execute();
  return { enrollments, subsystemRequests };
}
