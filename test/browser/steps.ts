import type { Browser, Page } from 'playwright-core';
import { renderLetter } from '#idp/notifications/letter.ts';
import type { Locale } from '#kit/http/locale.ts';
import { createKeyring } from '#kit/keyring.ts';
import type { OpAccount } from '../mch-app/support/fake-op.ts';
import type { Mch } from '../mch-app/support/mch.ts';
import { type ContextOptions, WIDE, newContext, putTodosAway } from '../support/browser.ts';
import type { IdpWorld } from '../support/idp-world.ts';

/** How a journey is looked at: wide and bright in Chinese, narrow and dark in English. */
export const LOOKS: (ContextOptions & { locale: Locale })[] = [
  { locale: 'zh-TW', viewport: WIDE },
  { locale: 'en', viewport: { width: 360, height: 740 }, colorScheme: 'dark' },
];

/** Somebody at home in the MCH system, signed in with the first of these accounts of one person. */
export async function pageOf(
  [mch, browser]: [Mch, Browser],
  accounts: readonly [OpAccount, ...OpAccount[]],
  look: ContextOptions & { locale: Locale },
): Promise<Page> {
  mch.op.accounts = [...accounts];
  mch.op.acting = accounts[0].id;
  mch.op.sub = `sub-${accounts[0].id}`;
  const page = await (await newContext(browser, look)).newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(`${mch.origin}/?lang=${look.locale}`);
  await putTodosAway(page);
  return page;
}

/** Fills in a form, each field as it takes it. */
export async function fillIn(page: Page, form: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(form)) {
    const field = page.locator(`[name="${name}"]`);
    const kind = await field
      .first()
      .evaluate((element) => `${element.nodeName} ${element.getAttribute('type')}`);
    if (kind.startsWith('SELECT')) await field.selectOption(value);
    else if (/checkbox|radio/.test(kind)) await page.locator(`[name="${name}"][value="${value}"]`).check();
    else await field.fill(value);
  }
}

/** Presses the button of a record's form that submits it, or keeps it as a draft. */
export const press = (page: Page, deed: string): Promise<void> =>
  page.locator(`main button[name=deed][value=${deed}]`).click();

/** What a page says. */
export const mainText = async (page: Page): Promise<string> =>
  (await page.locator('main').textContent()) ?? '';

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
