import type { Trx } from '#db/idp/tables.ts';

/** The kind of an open unit. */
export async function findUnitKind(trx: Trx, code: string): Promise<string | undefined> {
  const row = await trx
    .selectFrom('unit')
    .select('kind')
    .where('code', '=', code)
    .where('status', '=', 'active')
    .executeTakeFirst();
  return row?.kind;
}

/** Whether the subsystem has such an account. */
export async function findOwnAccount(trx: Trx, subsystemCode: string, id: string): Promise<boolean> {
  const row = await trx
    .selectFrom('subsystem_account')
    .select('id')
    .where('id', '=', id)
    .where('subsystem_code', '=', subsystemCode)
    .executeTakeFirst();
  return row !== undefined;
}
