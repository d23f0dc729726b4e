import { sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';

/** The person's subsystem accounts. What somebody calls a binding is theirs alone and is not read. */
export async function listAccountsOf(db: Db, accountId: string) {
  return db
    .selectFrom('subsystem_account as sa')
    .innerJoin('unit as u', 'u.code', 'sa.unit_code')
    .leftJoin('binding as b', 'b.subsystem_account_id', 'sa.id')
    .select([
      'sa.id',
      'sa.subsystem_code as subsystemCode',
      'sa.unit_code as unitCode',
      'sa.role',
      'sa.status',
    ])
    .select(['u.name as unitName', 'u.name_en as unitNameEn'])
    .select(sql<boolean>`b.account_id is not null`.as('isBound'))
    .where('sa.account_id', '=', accountId)
    .orderBy('sa.id')
    .limit(200)
    .execute();
}

const TOLD_ELSEWHERE = ['sign_in.succeeded', 'sign_in.refused', 'second_factor.refused', 'session.ended'];
const SIGN_IN_STEPS = ['session.started', 'subsystem_account.entered', 'token.exchanged', 'list.exported'];

/** What was done to the account lately, newest first, by whom. */
export async function listDeedsOn(db: Db, accountId: string, limit: number) {
  return db
    .selectFrom('audit_event as e')
    .leftJoin('account as actor', 'actor.id', 'e.actor_account_id')
    .select(['e.id', 'e.at', 'e.type', 'e.details', 'actor.name as actorName'])
    .select('actor.login_name as actorLoginName')
    .where('e.account_id', '=', accountId)
    .where('e.type', 'not in', [...TOLD_ELSEWHERE, ...SIGN_IN_STEPS])
    .where('e.outcome', '=', 'success')
    .orderBy('e.at', 'desc')
    .orderBy('e.id', 'desc')
    .limit(limit)
    .execute();
}

/** When the person's second factors were added and last used. What they are called is theirs alone. */
export async function listFactorsOf(db: Db, accountId: string) {
  const totp = await db
    .selectFrom('totp_credential')
    .select(['enrolled_at as addedAt', 'last_used_step as lastUsedStep'])
    .where('account_id', '=', accountId)
    .execute();
  const passkeys = await db
    .selectFrom('passkey')
    .select(['added_at as addedAt', 'last_used_at as lastUsedAt'])
    .where('account_id', '=', accountId)
    .orderBy('added_at')
    .execute();
  const cards = await db
    .selectFrom('person_card')
    .select(['added_at as addedAt', 'last_used_at as lastUsedAt'])
    .where('account_id', '=', accountId)
    .orderBy('added_at')
    .execute();
  return { totp, passkeys, cards };
}
