import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Delegation, Deputyship, Party } from './types.ts';

/** Delegations in force at `now`: by their time, not revoked, between two active people of one unit. */
function inForce(db: Db | Trx, now: Date) {
  return db
    .selectFrom('delegation as d')
    .innerJoin('account as r', 'r.id', 'd.delegator_account_id')
    .innerJoin('account as p', 'p.id', 'd.deputy_account_id')
    .whereRef('r.unit_code', '=', 'p.unit_code')
    .where('d.revoked_at', 'is', null)
    .where('d.valid_from', '<=', now)
    .where('d.valid_until', '>', now)
    .where('r.status', '=', 'active')
    .where('p.status', '=', 'active')
    .where((each) => each.or([each('r.expires_at', 'is', null), each('r.expires_at', '>', now)]))
    .where((each) => each.or([each('p.expires_at', 'is', null), each('p.expires_at', '>', now)]));
}

/** In whose place the person may review at `now`. */
export async function listDeputyships(db: Db | Trx, accountId: string, now: Date): Promise<Deputyship[]> {
  return inForce(db, now)
    .select(['r.id as delegatorAccountId', 'r.name as delegatorName'])
    .where('p.id', '=', accountId)
    .orderBy('d.created_at')
    .execute();
}

/** Who stands in for any of these people at `now`, to be told what they are told. */
export async function listDeputies(
  db: Db | Trx,
  accountIds: string[],
  now: Date,
): Promise<{ accountId: string; name: string; email: string }[]> {
  if (accountIds.length === 0) return [];
  return inForce(db, now)
    .select(['p.id as accountId', 'p.name', 'p.email'])
    .where('r.id', 'in', accountIds)
    .distinct()
    .execute();
}

/** F9: whether the first may decide in the other's place; inside a transaction a revocation waits for its end. */
export async function isAllowedToAct(
  trx: Db | Trx,
  { accountId, onBehalfOf, now }: { accountId: string; onBehalfOf: string; now: Date },
): Promise<boolean> {
  const row = await inForce(trx, now)
    .select('d.id')
    .where('p.id', '=', accountId)
    .where('r.id', '=', onBehalfOf)
    .limit(1)
    .forShare('d')
    .executeTakeFirst();
  return row !== undefined;
}

/** The person's delegations, given and received, newest first. */
export async function listDelegations(db: Db, accountId: string): Promise<Delegation[]> {
  return delegations(db)
    .where((each) =>
      each.or([each('d.delegator_account_id', '=', accountId), each('d.deputy_account_id', '=', accountId)]),
    )
    .orderBy('d.created_at', 'desc')
    .limit(50)
    .execute();
}

/** One's own delegation, held until the transaction ends. */
export async function lockDelegation(
  trx: Trx,
  id: string,
  accountId: string,
): Promise<Delegation | undefined> {
  return delegations(trx)
    .where('d.id', '=', id)
    .where('d.delegator_account_id', '=', accountId)
    .forUpdate('d')
    .executeTakeFirst();
}

function delegations(db: Db | Trx) {
  return db
    .selectFrom('delegation as d')
    .innerJoin('account as r', 'r.id', 'd.delegator_account_id')
    .innerJoin('account as p', 'p.id', 'd.deputy_account_id')
    .select(['d.id', 'd.delegator_account_id as delegatorAccountId', 'r.name as delegatorName'])
    .select([
      'd.deputy_account_id as deputyAccountId',
      'p.name as deputyName',
      'p.login_name as deputyLoginName',
    ])
    .select(['d.valid_from as from', 'd.valid_until as until', 'd.reason', 'd.revoked_at as revokedAt']);
}

/** What one has given away and is not over; one's account is held, so that two at once see each other. */
export async function lockOpenDelegations(
  trx: Trx,
  delegatorAccountId: string,
  now: Date,
): Promise<{ from: Date; until: Date; deputyAccountId: string }[]> {
  await trx.selectFrom('account').select('id').where('id', '=', delegatorAccountId).forUpdate().execute();
  return trx
    .selectFrom('delegation')
    .select(['valid_from as from', 'valid_until as until', 'deputy_account_id as deputyAccountId'])
    .where('delegator_account_id', '=', delegatorAccountId)
    .where('revoked_at', 'is', null)
    .where('valid_until', '>', now)
    .execute();
}

export async function findParty(
  trx: Trx,
  by: { accountId: string } | { loginName: string },
  now: Date,
): Promise<Party | undefined> {
  const row = await trx
    .selectFrom('account')
    .select(['id', 'name', 'email', 'unit_code', 'national_id_index', 'status', 'expires_at'])
    .select('national_id_declared_at')
    .where(
      sql.ref('accountId' in by ? 'id' : 'login_name'),
      '=',
      'accountId' in by ? by.accountId : by.loginName,
    )
    .executeTakeFirst();
  return (
    row && {
      accountId: row.id,
      name: row.name,
      email: row.email,
      unitCode: row.unit_code,
      nationalIdIndex: row.national_id_index,
      isActive: row.status === 'active' && (row.expires_at === null || row.expires_at > now),
      isProven: row.national_id_declared_at === null,
      expiresAt: row.expires_at,
    }
  );
}

export async function insertDelegation(
  trx: Trx,
  delegation: {
    id: string;
    delegatorAccountId: string;
    deputyAccountId: string;
    from: Date;
    until: Date;
    reason: string;
    at: Date;
  },
): Promise<void> {
  const { id, delegatorAccountId, deputyAccountId, from, until, reason, at } = delegation;
  await trx
    .insertInto('delegation')
    .values({
      id,
      delegator_account_id: delegatorAccountId,
      deputy_account_id: deputyAccountId,
      valid_from: from,
      valid_until: until,
      reason,
      created_at: at,
    })
    .execute();
}

export async function endDelegation(
  trx: Trx,
  id: string,
  by: { accountId: string; at: Date },
): Promise<void> {
  await trx
    .updateTable('delegation')
    .set({ revoked_at: by.at, revoked_by: by.accountId })
    .where('id', '=', id)
    .execute();
}
