import type { Db } from '#db/idp/tables.ts';

/** What administration decided about the account, and what was entrusted to the person; never by whom. */
export async function readAdministration(db: Db, accountId: string) {
  const accountReviews = await db
    .selectFrom('account_review_item')
    .select(['period', 'unit_code as unitCode', 'state', 'decided_at as decidedAt', 'note'])
    .where('account_id', '=', accountId)
    .orderBy('period')
    .execute();
  const emergencyStops = await db
    .selectFrom('emergency_stop')
    .select(['stopped_at as stoppedAt', 'reason', 'enabled_at as enabledAt'])
    .select('enabled_because as enabledBecause')
    .where('account_id', '=', accountId)
    .orderBy('id')
    .execute();
  const delegations = await db
    .selectFrom('delegation')
    .select(['valid_from as validFrom', 'valid_until as validUntil', 'reason', 'revoked_at as revokedAt'])
    .select((row) => row('delegator_account_id', '=', accountId).as('isOwn'))
    .where((row) =>
      row.or([row('delegator_account_id', '=', accountId), row('deputy_account_id', '=', accountId)]),
    )
    .orderBy('valid_from')
    .execute();
  const impersonations = await db
    .selectFrom('impersonation')
    .select(['subsystem_account_id as subsystemAccount', 'reason', 'begun_at as begunAt'])
    .select('ended_at as endedAt')
    .where('account_id', '=', accountId)
    .where('begun_at', 'is not', null)
    .orderBy('begun_at')
    .execute();
  return { accountReviews, emergencyStops, delegations, impersonations };
}
