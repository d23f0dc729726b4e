import { sql } from 'kysely';
import type { Db, Trx } from '#db/mch/tables.ts';
import type { Past } from '../sessions/index.ts';

export interface SealedForm {
  sealed: Buffer;
  expiresAt: Date;
}

/** Keeps one form an account of a person: the one before is gone. */
export async function saveForm(db: Db, { iss, sub, accountId }: Past, form: SealedForm): Promise<void> {
  const changes = { content_sealed: form.sealed, expires_at: form.expiresAt };
  await db
    .insertInto('kept_form')
    .values({ iss, sub, account_id: accountId, ...changes })
    .onConflict((conflict) => conflict.columns(['iss', 'sub', 'account_id']).doUpdateSet(changes))
    .execute();
}

/** Takes the form away: of many at once, one has it. */
export async function takeSealed(
  db: Db,
  { iss, sub, accountId }: Past,
  now: Date,
): Promise<SealedForm | undefined> {
  return db
    .deleteFrom('kept_form')
    .where('iss', '=', iss)
    .where('sub', '=', sub)
    .where('account_id', '=', accountId)
    .where('expires_at', '>', now)
    .returning(['content_sealed as sealed', 'expires_at as expiresAt'])
    .executeTakeFirst();
}

/** Puts back what could not be shown, unless another was kept meanwhile. */
export async function putBack(db: Db, { iss, sub, accountId }: Past, form: SealedForm): Promise<void> {
  await db
    .insertInto('kept_form')
    .values({ iss, sub, account_id: accountId, content_sealed: form.sealed, expires_at: form.expiresAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Clears away at most `limit` forms that nobody came back for. @returns how many */
export async function sweepKeptForms(trx: Trx, now: Date, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from kept_form where expires_at <= ${now}
      and ctid in (select ctid from kept_form where expires_at <= ${now} limit ${limit})`.execute(trx);
  return Number(numAffectedRows ?? 0);
}
