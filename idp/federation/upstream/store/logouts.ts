import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { LogoutToken } from '#kit/logout-token.ts';
import type { SignInThere } from '../types.ts';

/** One logout of a provider at a time, and none while a session by it is being written. */
export async function lockProviderForLogout(trx: Trx, code: string): Promise<void> {
  await sql`select 1 from upstream_provider where code = ${code} for no key update`.execute(trx);
}

export async function insertLogout(
  trx: Trx,
  { saidAt, sub, sid }: LogoutToken,
  at: { issuer: string; receivedAt: Date; expiresAt: Date },
): Promise<void> {
  const named = { issuer: at.issuer, subject: sub ?? null, sid: sid ?? null };
  const times = { said_at: saidAt, received_at: at.receivedAt, expires_at: at.expiresAt };
  await trx
    .insertInto('upstream_logout')
    .values({ ...named, ...times })
    .execute();
}

/** Whether the provider has said since that this sign-in is over. */
export async function isOver(db: Db | Trx, of: SignInThere): Promise<boolean> {
  const { rows } = await sql<{ over: boolean }>`
    select upstream_over(${of.issuer}, ${of.subject}, ${of.sid ?? null},
      to_timestamp(${of.signedInAt}), to_timestamp(${of.leftAt})) as over`.execute(db);
  return rows[0]?.over ?? true;
}
