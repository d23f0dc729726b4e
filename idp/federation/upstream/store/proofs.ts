import type { Db, Trx } from '#db/idp/tables.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { BrowserDigests } from '../browser.ts';
import type { Subject } from '../types.ts';

const PURPOSE = 'upstream-proof';

/** Whom a provider vouched for, as far as an account may rest on it. */
export type Proven = Pick<Subject, 'provider' | 'issuer' | 'subject' | 'facts'>;

/** Keeps the last proof of a browser; the one before counts for nothing. */
export async function insertProof(
  db: Db,
  keyring: Keyring,
  proof: { id: string; browser: BrowserDigests; proven: Proven; expiresAt: Date },
): Promise<void> {
  const { id, proven } = proof;
  const values = {
    id,
    provider_code: proven.provider,
    content_sealed: keyring.seal(PURPOSE, Buffer.from(JSON.stringify(proven)), id),
    expires_at: proof.expiresAt,
  };
  const [newest, ...older] = proof.browser;
  if (!newest) return;
  await db
    .deleteFrom('upstream_proof')
    .where((eb) => eb('browser_digest', '=', eb.fn.any(eb.val(older))))
    .where('enrollment_id', 'is', null)
    .execute();
  await db
    .insertInto('upstream_proof')
    .values({ ...values, browser_digest: newest })
    .onConflict((on) => on.column('browser_digest').where('enrollment_id', 'is', null).doUpdateSet(values))
    .execute();
}

/** The proof a browser may take up now, held until the transaction ends. */
export async function lockFreeProof(
  trx: Trx,
  keyring: Keyring,
  by: { browser: BrowserDigests; now: Date },
): Promise<({ id: string } & Proven) | undefined> {
  const row = await trx
    .selectFrom('upstream_proof')
    .select(['id', 'content_sealed'])
    .where((eb) => eb('browser_digest', '=', eb.fn.any(eb.val([...by.browser]))))
    .where('enrollment_id', 'is', null)
    .where('expires_at', '>', by.now)
    .orderBy('expires_at', 'desc')
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
  return row && { id: row.id, ...open(keyring, row) };
}

export async function attachProof(trx: Trx, id: string, enrollmentId: string): Promise<void> {
  await trx.updateTable('upstream_proof').set({ enrollment_id: enrollmentId }).where('id', '=', id).execute();
}

/** The proof an application was begun with. */
export async function readProof(
  db: Db | Trx,
  keyring: Keyring,
  enrollmentId: string,
): Promise<(Proven & { expiresAt: Date | undefined }) | undefined> {
  const row = await db
    .selectFrom('upstream_proof')
    .select(['id', 'content_sealed', 'expires_at'])
    .where('enrollment_id', '=', enrollmentId)
    .executeTakeFirst();
  return row && { ...open(keyring, row), expiresAt: row.expires_at ?? undefined };
}

/** Sent with the application in time, it waits for the review; otherwise it is gone. */
export async function settleProof(trx: Trx, enrollmentId: string, now: Date): Promise<void> {
  const proofs = trx.updateTable('upstream_proof').set({ expires_at: null });
  await proofs.where('enrollment_id', '=', enrollmentId).where('expires_at', '>', now).execute();
  await trx
    .deleteFrom('upstream_proof')
    .where('enrollment_id', '=', enrollmentId)
    .where('expires_at', '<=', now)
    .execute();
}

/** Takes the proof of an application that was sent with it, once. */
export async function takeProof(
  trx: Trx,
  keyring: Keyring,
  enrollmentId: string,
): Promise<Proven | undefined> {
  const row = await trx
    .deleteFrom('upstream_proof')
    .where('enrollment_id', '=', enrollmentId)
    .where('expires_at', 'is', null)
    .returning(['id', 'content_sealed'])
    .executeTakeFirst();
  return row && open(keyring, row);
}

/** Those nobody took up, or sent an application with. */
export async function deleteIdleProofs(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('upstream_proof').where('expires_at', '<=', before).execute();
}

function open(keyring: Keyring, row: { id: string; content_sealed: Buffer }): Proven {
  return JSON.parse(keyring.open(PURPOSE, row.content_sealed, row.id).toString('utf8')) as Proven;
}
