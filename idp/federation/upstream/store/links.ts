import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Facts, Link } from '../types.ts';

const PURPOSE = 'upstream-facts';
const COLUMNS = [
  ...(['id', 'account_id', 'provider_code', 'issuer', 'subject'] as const),
  ...(['facts_sealed', 'linked_at', 'last_used_at'] as const),
] as const;

interface Row {
  id: string;
  account_id: string;
  provider_code: string;
  issuer: string;
  subject: string;
  facts_sealed: Buffer;
  linked_at: Date;
  last_used_at: Date | null;
}

function toLink(keyring: Keyring, row: Row): Link {
  const facts = keyring.open(PURPOSE, row.facts_sealed, row.id).toString('utf8');
  return {
    id: row.id,
    accountId: row.account_id,
    providerCode: row.provider_code,
    issuer: row.issuer,
    subject: row.subject,
    facts: JSON.parse(facts) as Facts,
    linkedAt: row.linked_at,
    lastUsedAt: row.last_used_at ?? undefined,
  };
}

/** The link of a subject, by issuer and subject alone. */
export async function findLink(
  db: Db | Trx,
  keyring: Keyring,
  by: { issuer: string; subject: string },
): Promise<Link | undefined> {
  const row = await db
    .selectFrom('upstream_link')
    .select(COLUMNS)
    .where('issuer', '=', by.issuer)
    .where('subject', '=', by.subject)
    .executeTakeFirst();
  return row && toLink(keyring, row);
}

/** The account's links, in the order they were made. */
export async function listLinks(db: Db | Trx, keyring: Keyring, accountId: string): Promise<Link[]> {
  const rows = await db
    .selectFrom('upstream_link')
    .select(COLUMNS)
    .where('account_id', '=', accountId)
    .orderBy('linked_at')
    .execute();
  return rows.map((row) => toLink(keyring, row));
}

/** Whose this link is at which provider, while it is the account's. */
export async function findSubjectOfLink(
  db: Db | Trx,
  linkId: string,
  accountId: string,
): Promise<{ provider: string; issuer: string; subject: string } | undefined> {
  return db
    .selectFrom('upstream_link')
    .select(['provider_code as provider', 'issuer', 'subject'])
    .where('id', '=', linkId)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
}

/** @returns false when somebody has linked the subject, or the account, meanwhile */
export async function insertLink(
  trx: Trx,
  keyring: Keyring,
  link: Omit<Link, 'lastUsedAt'>,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('upstream_link')
    .values({
      id: link.id,
      account_id: link.accountId,
      provider_code: link.providerCode,
      issuer: link.issuer,
      subject: link.subject,
      facts_sealed: keyring.seal(PURPOSE, Buffer.from(JSON.stringify(link.facts)), link.id),
      linked_at: link.linkedAt,
    })
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** Keeps facts that the link did not have yet. */
export async function addFacts(db: Db | Trx, keyring: Keyring, link: Link, facts: Facts): Promise<void> {
  const all = Buffer.from(JSON.stringify({ ...facts, ...link.facts }));
  await db
    .updateTable('upstream_link')
    .set({ facts_sealed: keyring.seal(PURPOSE, all, link.id) })
    .where('id', '=', link.id)
    .execute();
}

/** Removes a link, and counts the parting, so that proofs begun before count for nothing. */
export async function deleteLink(
  trx: Trx,
  link: Pick<Link, 'id' | 'accountId' | 'providerCode'>,
): Promise<void> {
  await trx.deleteFrom('upstream_link').where('id', '=', link.id).execute();
  await trx
    .insertInto('upstream_generation')
    .values({ account_id: link.accountId, provider_code: link.providerCode, generation: 1 })
    .onConflict((on) =>
      on
        .columns(['account_id', 'provider_code'])
        .doUpdateSet({ generation: sql<number>`upstream_generation.generation + 1` }),
    )
    .execute();
}

/** How often the account was parted from the provider. */
export async function findGeneration(db: Db | Trx, accountId: string, providerCode: string): Promise<number> {
  const row = await db
    .selectFrom('upstream_generation')
    .select('generation')
    .where('account_id', '=', accountId)
    .where('provider_code', '=', providerCode)
    .executeTakeFirst();
  return row?.generation ?? 0;
}

/** The sessions that sign-ins by this link began. */
export async function lockSessionsOfLink(trx: Trx, linkId: string): Promise<string[]> {
  const { rows } = await sql<{ uid: string }>`
    select o.uid from oidc_session o join upstream_session s on s.session_uid = o.uid
    where s.link_id = ${linkId} order by o.uid for update of o`.execute(trx);
  return rows.map(({ uid }) => uid);
}
