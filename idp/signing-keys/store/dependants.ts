import { sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';

/** How many living sessions began before `at`: their browsers may hold ID tokens signed before it, as hints. */
export async function countSessionsSince(db: Db, at: Date, now: Date): Promise<number> {
  const { count } = await db
    .selectFrom('oidc_session')
    .select(sql<number>`count(*)::integer`.as('count'))
    .where('expires_at', '>', now)
    .where('login_at', '<=', at)
    .executeTakeFirstOrThrow();
  return count;
}
