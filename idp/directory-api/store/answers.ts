import { sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';
import type { ApiAnswer } from '../types.ts';

/** What is known under a key: nothing, so that the work is ours; work under way; or the answer it had. */
export type Claim =
  { kind: 'ours' } | { kind: 'under_way' } | { kind: 'answered'; fingerprint: Buffer; answer: ApiAnswer };

/**
 * Takes a key for the work to come. Work that was begun a minute ago and left no answer is taken over: every deed
 * behind it may be repeated.
 */
export async function claimKey(db: Db, clientId: string, key: string, fingerprint: Buffer): Promise<Claim> {
  const { rows } = await sql<{ key: string }>`
    insert into api_answer (client_id, key, fingerprint, status, body)
    values (${clientId}, ${key}, ${fingerprint}, 0, '{}')
    on conflict (client_id, key) do update set created_at = now()
      where api_answer.status = 0 and api_answer.fingerprint = excluded.fingerprint
        and api_answer.created_at < now() - interval '1 minute'
    returning key`.execute(db);
  if (rows.length > 0) return { kind: 'ours' };
  const row = await db
    .selectFrom('api_answer')
    .select(['fingerprint', 'status', 'body'])
    .where('client_id', '=', clientId)
    .where('key', '=', key)
    .executeTakeFirst();
  if (!row || (row.status === 0 && row.fingerprint.equals(fingerprint))) return { kind: 'under_way' };
  const answer = { status: row.status, body: row.body as Record<string, unknown> };
  return { kind: 'answered', fingerprint: row.fingerprint, answer };
}

/** Keeps the answer under its key; without one (the work failed) the key is free again. */
export async function settleKey(
  db: Db,
  clientId: string,
  key: string,
  answer: ApiAnswer | undefined,
): Promise<void> {
  const at = db.deleteFrom('api_answer').where('client_id', '=', clientId).where('key', '=', key);
  if (!answer) {
    await at.execute();
    return;
  }
  await db
    .updateTable('api_answer')
    .set({ status: answer.status, body: JSON.stringify(answer.body) })
    .where('client_id', '=', clientId)
    .where('key', '=', key)
    .execute();
}

/** Answers are kept for a day. @returns how many were forgotten, at most a thousand */
export async function forgetOldAnswers(db: Db): Promise<number> {
  const result = await sql`
    delete from api_answer where ctid = any(array(
      select ctid from api_answer where created_at < now() - interval '1 day' limit 1000))`.execute(db);
  return Number(result.numAffectedRows ?? 0n);
}
