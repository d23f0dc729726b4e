import type { Db, Trx } from '#db/idp/tables.ts';
import type { BindingTarget } from '../types.ts';

/**
 * A subsystem account as the person who wants to bind it may prove it. Inside a transaction the row stays as it
 * was read until the end.
 */
export async function findTarget(
  db: Db | Trx,
  id: string,
  accountId: string,
  lock = false,
): Promise<BindingTarget | undefined> {
  const query = db
    .selectFrom('subsystem_account as sa')
    .innerJoin('subsystem as s', 's.code', 'sa.subsystem_code')
    .innerJoin('account as me', (join) => join.on('me.id', '=', accountId))
    .leftJoin('password_credential as mine', 'mine.account_id', 'me.id')
    .leftJoin('binding as b', 'b.subsystem_account_id', 'sa.id')
    .select(['sa.id', 'sa.subsystem_code', 'sa.status', 'sa.account_id', 'sa.local_password_hash'])
    .select([
      's.status as subsystem_status',
      'b.account_id as bound_to',
      'b.name as bound_as',
      'mine.hash as own_hash',
    ])
    .select((row) =>
      row
        .and([
          row('sa.national_id_index', '=', row.ref('me.national_id_index')),
          row('me.national_id_declared_at', 'is', null), // a number nobody has confirmed proves nothing
        ])
        .as('same_person'),
    )
    .where('sa.id', '=', id);
  const row = await (lock ? query.forUpdate('sa') : query).executeTakeFirst();
  if (!row) return undefined;
  return {
    id: row.id,
    subsystemCode: row.subsystem_code,
    subsystemActive: row.subsystem_status === 'active',
    status: row.status,
    samePerson: Boolean(row.same_person),
    binding: row.bound_to === null ? undefined : { accountId: row.bound_to, name: row.bound_as ?? '' },
    proof: proofOf(row.local_password_hash, row.account_id === accountId ? row.own_hash : null),
  };
}

function proofOf(local: string | null, own: string | null): BindingTarget['proof'] {
  if (local !== null) return { kind: 'local', hash: local };
  return own === null ? undefined : { kind: 'own', hash: own };
}
