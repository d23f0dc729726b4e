import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import { type InitialToken, REGISTERED_WITH, type RegisteredClient } from './types.ts';

export async function insertInitialToken(
  trx: Trx,
  token: { digest: Buffer; label: string; reason: string; uses: number; expiresAt: Date },
): Promise<string> {
  const { handle } = await trx
    .insertInto('registration_token')
    .values({
      id_digest: token.digest,
      kind: 'initial',
      label: token.label,
      reason: token.reason,
      uses_left: token.uses,
      expires_at: token.expiresAt,
    })
    .returning('handle')
    .executeTakeFirstOrThrow();
  return handle;
}

/** Those that operators issued, the newest first. */
export function listInitialTokens(db: Db): Promise<InitialToken[]> {
  return initialTokens(db).orderBy('t.created_at', 'desc').orderBy('t.handle').limit(200).execute();
}

export function findInitialToken(db: Db, handle: string): Promise<InitialToken | undefined> {
  return initialTokens(db)
    .where(sql<boolean>`t.handle::text = ${handle}`)
    .executeTakeFirst();
}

/** What was registered with it, as it is now. */
export async function listRegistered(db: Db, handle: string): Promise<RegisteredClient[]> {
  const rows = await db
    .selectFrom('client')
    .select(['client_id as clientId', 'status', sql<string | null>`metadata->>'client_name'`.as('name')])
    .where('subsystem_code', 'is', null)
    .where(sql<boolean>`metadata->>${sql.lit(REGISTERED_WITH)} = ${handle}`)
    .orderBy('client_id')
    .limit(1000)
    .execute();
  return rows.map(({ clientId, status, name }) => ({
    clientId,
    name: name ?? '',
    isActive: status === 'active',
  }));
}

function initialTokens(db: Db) {
  return db
    .selectFrom('registration_token as t')
    .select(['t.handle', 't.label', 't.reason', 't.uses_left as usesLeft', 't.created_at as createdAt'])
    .select(['t.expires_at as expiresAt', 't.revoked_at as revokedAt'])
    .select((of) =>
      of
        .selectFrom('client as c')
        .select(sql<number>`count(*)::int`.as('count'))
        .where('c.subsystem_code', 'is', null)
        .where(sql<boolean>`c.metadata->>${sql.lit(REGISTERED_WITH)} = t.handle::text`)
        .$asScalar()
        .$notNull()
        .as('registered'),
    )
    .where('t.kind', '=', 'initial');
}

/** @returns false when there is none that still works */
export async function revokeInitialToken(trx: Trx, handle: string): Promise<boolean> {
  const result = await trx
    .updateTable('registration_token')
    .set({ revoked_at: sql<Date>`now()` })
    .where(sql<boolean>`handle::text = ${handle}`)
    .where('kind', '=', 'initial')
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
