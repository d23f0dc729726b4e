import { sql } from 'kysely';
import type { Trx } from '#db/idp/tables.ts';

/** Whoever answers for what happens in the whole nation: its administrators and the operators, as they are now. */
export async function listResponsible(
  trx: Trx,
): Promise<{ accountId: string; address: string; name: string }[]> {
  return trx
    .selectFrom('account')
    .select(['id as accountId', 'email as address', 'name'])
    .where('role', 'in', ['hpa_admin', 'platform_ops'])
    .where('status', '=', 'active')
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', sql<Date>`now()`)]))
    .where('email', '<>', '')
    .orderBy('id')
    .execute();
}
