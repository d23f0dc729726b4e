import type { Trx } from '#db/idp/tables.ts';
import type { Keyring } from '#kit/keyring.ts';
import { keyedDigest } from '#kit/random.ts';
import { insertMail } from './store.ts';
import type { MailContent, NewMail } from './types.ts';

const PURPOSE = 'mail';

/**
 * Writes a mail into the outbox, in the transaction of the deed it tells of; it is sent afterwards, and not at all
 * when the deed is undone. A key used before writes nothing.
 * @returns whether it was written
 */
export function queueMail(trx: Trx, keyring: Keyring, mail: NewMail): Promise<boolean> {
  return queueMailIf(trx, keyring, true, mail);
}

/**
 * The same, unless `really` is false: then the same work is done and nothing written, so that nobody can tell by
 * the time it takes whether there is somebody to write to.
 */
export async function queueMailIf(
  trx: Trx,
  keyring: Keyring,
  really: boolean,
  mail: NewMail,
): Promise<boolean> {
  const { kind, to, params, goodUntil, dedupeKey, locale = 'zh-TW' } = mail;
  const content = { address: to.address, name: to.name, params, ...(goodUntil && { goodUntil }) };
  const recipient = to.address.trim().toLowerCase();
  return insertMail(trx, really, {
    kind,
    dedupeKey,
    accountId: to.accountId,
    recipientDigest: keyedDigest(keyring.derive('mail-recipient')[0], recipient),
    contentSealed: keyring.seal(PURPOSE, Buffer.from(JSON.stringify(content)), dedupeKey),
    locale,
  });
}

/** @throws Error when it was altered, or sealed for another mail */
export function openContent(keyring: Keyring, sealed: Uint8Array, dedupeKey: string): MailContent {
  return JSON.parse(keyring.open(PURPOSE, sealed, dedupeKey).toString('utf8')) as MailContent;
}
