import type { Db, Trx } from '#db/idp/tables.ts';

/** Whoever wants to prove that an account kept elsewhere is theirs. */
export interface Prover {
  nationalIdSealed: Buffer;
  nationalIdIndex: Buffer;
  /** Somebody else has confirmed the ID number. */
  isProven: boolean;
}

export async function findProver(db: Db | Trx, accountId: string, lock = false): Promise<Prover | undefined> {
  const query = db
    .selectFrom('account')
    .select(['national_id_sealed', 'national_id_index', 'national_id_declared_at'])
    .where('id', '=', accountId)
    .where('status', '=', 'active');
  const row = await (lock ? query.forNoKeyUpdate() : query).executeTakeFirst();
  return (
    row && {
      nationalIdSealed: row.national_id_sealed,
      nationalIdIndex: row.national_id_index,
      isProven: row.national_id_declared_at === null,
    }
  );
}

/** Our account for one that a subsystem knows by this name, by our own id or by the name it was proven under. */
export async function findByRemoteName(
  db: Db | Trx,
  subsystemCode: string,
  name: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('subsystem_account as sa')
    .leftJoin('remote_account as r', 'r.subsystem_account_id', 'sa.id')
    .select('sa.id')
    .where('sa.subsystem_code', '=', subsystemCode)
    .where((at) =>
      at.or([
        at('sa.id', '=', name),
        at(
          'sa.id',
          'in',
          at
            .selectFrom('remote_account')
            .select('subsystem_account_id')
            .where('subsystem_code', '=', subsystemCode)
            .where('name', '=', name),
        ),
      ]),
    )
    .executeTakeFirst();
  return row?.id;
}

/** Whose the account is, and as whose what it is bound. */
export async function findOwnership(trx: Trx, id: string) {
  const row = await trx
    .selectFrom('subsystem_account as sa')
    .leftJoin('binding as b', 'b.subsystem_account_id', 'sa.id')
    .select(['sa.national_id_index as nationalIdIndex', 'b.account_id as boundTo', 'b.name as boundAs'])
    .where('sa.id', '=', id)
    .executeTakeFirstOrThrow();
  const { nationalIdIndex, boundTo, boundAs } = row;
  return {
    nationalIdIndex,
    binding: boundTo === null ? undefined : { accountId: boundTo, name: boundAs ?? '' },
  };
}

/** Remembers by which name the subsystem knows the account. */
export async function saveRemoteName(
  trx: Trx,
  of: { id: string; subsystemCode: string; name: string },
): Promise<void> {
  await trx
    .insertInto('remote_account')
    .values({ subsystem_account_id: of.id, subsystem_code: of.subsystemCode, name: of.name })
    .onConflict((conflict) => conflict.column('subsystem_account_id').doUpdateSet({ name: of.name }))
    .execute();
}
