import { sql } from 'kysely';
import { type KeysetPage, keysetAfter, keysetOrder } from '#db/keyset.ts';
import type { Db } from '#db/idp/tables.ts';
import { impersonations } from '../store.ts';
import type { Impersonation } from '../types.ts';

export type Listed = Impersonation & { position: string };

type Page = KeysetPage & { filters: { state?: string; person?: string } };

function matching(db: Db, { filters }: Page) {
  const { state, person } = filters;
  let query = impersonations(db);
  if (state !== undefined) query = query.where(sql`i.status`, '=', state);
  if (person !== undefined) {
    query = query.where((eb) =>
      eb.or([
        eb('p.login_name', '=', person.toLowerCase()),
        eb('p.name', '=', person),
        eb('i.subsystem_account_id', '=', person),
      ]),
    );
  }
  return query;
}

export async function listImpersonations(db: Db, page: Page, limit: number): Promise<Listed[]> {
  return matching(db, page)
    .select(sql<string>`i.requested_at::text`.as('position'))
    .where(keysetAfter('i.requested_at', 'i.id', page))
    .orderBy(keysetOrder('i.requested_at', 'i.id', page))
    .limit(limit)
    .execute();
}

export async function countImpersonations(db: Db, page: Page, upTo: number): Promise<number> {
  return (await matching(db, page).limit(upTo).execute()).length;
}

/** What waits for a second person. */
export async function countWaiting(db: Db, since: Date): Promise<number> {
  const row = await db
    .selectFrom('impersonation')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('status', '=', 'requested')
    .where('requested_at', '>', since)
    .executeTakeFirstOrThrow();
  return row.count;
}
