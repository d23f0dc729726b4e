import type { Page } from 'playwright-core';
import { renderLetter } from '#idp/notifications/letter.ts';
import { createKeyring } from '#kit/keyring.ts';
import type { IdpWorld } from '../support/idp-world.ts';

/** Presses Tab until this is reached. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  for (let pressed = 0; pressed < 80; pressed += 1) {
    if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${selector} is not reached by Tab`);
}

/** The newest confirmation link mailed to this address. */
export async function confirmationLink(world: IdpWorld, address: string): Promise<string> {
  const keyring = createKeyring(String(world.env['IDP_MASTER_KEYS']));
  const rows = await world.database.db
    .selectFrom('mail_message')
    .selectAll()
    .where('kind', '=', 'confirm_address')
    .orderBy('id', 'desc')
    .execute();
  for (const row of rows) {
    const letter = renderLetter(keyring, {
      kind: row.kind,
      dedupeKey: row.dedupe_key,
      contentSealed: row.content_sealed ?? undefined,
      locale: 'zh-TW',
    });
    const link = /https?:\/\/\S+token=[\w-]+/.exec(letter.text)?.[0];
    if (letter.to.address === address && link !== undefined) return link;
  }
  throw new Error('no link was mailed');
}
