import type { Browser, BrowserContext, Page } from 'playwright-core';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import { createKeyring } from '#kit/keyring.ts';
import { findViolations, launchBrowser, newContext } from '../support/browser.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { personOf } from '../idp/bindings-support.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';
import { browserOf } from '../support/relying-party.ts';

const PROFILE = '/account/profile';
const KEPT = '/session/kept-page';

let world: IdpWorld;
let browser: Browser;
beforeAll(async () => {
  [world, browser] = await Promise.all([startIdpWorld(), launchBrowser()]);
});
beforeEach(() => world.database.db.deleteFrom('kept_page').execute());
afterAll(async () => {
  await browser.close();
  await world.stop();
});

const enter = async (page: Page, loginName: string): Promise<void> => {
  await page.fill('#account', loginName);
  await page.fill('#password', DEMO_PASSWORD);
  await page.fill('#captcha', FIXED_CAPTCHA);
  await page.focus('#captcha');
  await page.keyboard.press('Enter');
};
/** A page of the portal, its clock in our hands, as demo.new sees it. */
const signedIn = async (context: BrowserContext, path: string): Promise<Page> => {
  const page = await context.newPage();
  await page.clock.install();
  await page.goto(`${world.issuer}/sign-in?return_to=${encodeURIComponent(path)}`);
  await enter(page, 'demo.new');
  await page.waitForURL(world.issuer + path);
  await page.waitForSelector('html[data-scripts=ready]');
  return page;
};
/** As if nobody touched anything for so many minutes. */
const pass = (page: Page, minutes: number): Promise<void> => page.clock.fastForward(minutes * 60_000);
const contentOf = async (loginName: string): Promise<string> => {
  const { id } = await personOf(world, loginName);
  const rows = world.database.db
    .selectFrom('kept_page')
    .select('content_sealed')
    .where('account_id', '=', id);
  const row = await rows.executeTakeFirst();
  const keyring = createKeyring(world.env['IDP_MASTER_KEYS'] ?? '');
  return row ? keyring.open('kept-page', row.content_sealed, id).toString() : '';
};

describe('a quiet session in the portal', () => {
  it('SM-16: asks before it ends, goes on at one key, and brings page and words back after signing in', async () => {
    await using context = await newContext(browser);
    const page = await signedIn(context, PROFILE);
    await page.fill('[name=title]', '資深助產師');
    await page.fill('[name=mobile]', '0912-345678');
    const dialog = page.locator('[data-idle-dialog]');
    await pass(page, 17.5);
    await dialog.waitFor({ state: 'visible' });
    expect(await findViolations(page)).toEqual([]);
    const told = page.waitForResponse('**/session/activity');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    expect((await told).status()).toBe(204);
    await page.waitForTimeout(200); // until the page has read the answer

    await pass(page, 17.5);
    await dialog.waitFor({ state: 'visible' });
    await pass(page, 2);
    await page.waitForURL('**/signed-out?**');
    expect(await page.textContent('main')).toContain('十五分鐘內再次登入');
    expect(await findViolations(page)).toEqual([]);
    expect(await contentOf('demo.new')).toContain('資深助產師');
    await page.getByRole('link', { name: '再次登入' }).click();
    await enter(page, 'demo.new');
    await page.waitForURL(world.issuer + PROFILE);
    await page.getByText('已找回您在登出前填寫的內容').waitFor();
    expect(await page.inputValue('[name=title]')).toBe('資深助產師');
    expect(await page.inputValue('[name=mobile]')).toBe('0912-345678');
    expect(await findViolations(page)).toEqual([]);
    expect(await contentOf('demo.new')).toBe('');
    await page.goto(`${world.issuer}${PROFILE}?kept=yes`);
    await page.waitForSelector('html[data-scripts=ready]');
    expect(await page.inputValue('[name=title]')).not.toBe('資深助產師');
  });

  it('SM-16: keeps no password, and gives nothing to somebody else at the same browser', async () => {
    await using context = await newContext(browser);
    const page = await signedIn(context, '/account/data');
    await page.fill('[name=wish]', '請更正我的職稱');
    await pass(page, 19);
    await page.waitForURL('**/signed-out?**');
    await page.getByRole('link', { name: '再次登入' }).click();
    await enter(page, 'demo.nurse');
    await page.waitForURL(`${world.issuer}/account/data`);
    await page.waitForSelector('html[data-scripts=ready]');
    expect(await page.inputValue('[name=wish]')).toBe('');
    expect(await contentOf('demo.new')).toContain('請更正我的職稱');

    await using other = await newContext(browser);
    const form = await signedIn(other, '/account/password');
    await form.fill('#current_password', DEMO_PASSWORD);
    await form.fill('#new_password', 'Jade~Mountain2026');
    await pass(form, 19);
    await form.waitForURL('**/signed-out?**');
    expect(await contentOf('demo.new')).toBe('{"path":"/account/password","fields":{}}');
  });
});

describe('a page that is kept', () => {
  const end = (as: Awaited<ReturnType<typeof portalOf>>, page: string, typed: string) =>
    forgeForm(world, as, '/session/idle-end', { page, typed });

  it('SM-16: is sealed, without secrets, given back once, within a quarter of an hour, to its person', async () => {
    const fields = { title: ['長'], new_password: ['Jade~Mountain2026'], code: ['123456'], captcha: ['1'] };
    const first = await portalOf(world, 'demo.nurse');
    const answer = await end(first, '/account/profile?a=b', JSON.stringify(fields));
    const location = new URL(answer.headers.location ?? '', world.issuer);
    expect(location.searchParams.get('return_to')).toBe('/account/profile?a=b&kept=yes');
    expect(await contentOf('demo.nurse')).toBe('{"path":"/account/profile?a=b","fields":{"title":["長"]}}');
    expect((await forgeForm(world, first, KEPT, {})).status).toBe(401);
    const again = await portalOf(world, 'demo.nurse');
    const stranger = await portalOf(world, 'demo.new');
    expect((await forgeForm(world, stranger, KEPT, {})).status).toBe(204);
    const foreign = await forgeForm(world, again, KEPT, {}, { origin: 'https://elsewhere.example' });
    expect(foreign.status).toBe(403);
    const answers = await Promise.all(Array.from({ length: 20 }, () => forgeForm(world, again, KEPT, {})));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(19);

    await end(again, '/account/profile', '{"title":["長"]}');
    await world.database.db.updateTable('kept_page').set({ expires_at: new Date() }).execute();
    const late = await portalOf(world, 'demo.nurse');
    expect((await forgeForm(world, late, KEPT, {})).status).toBe(204);
  });

  it('leads nowhere else, and takes nothing it cannot read', async () => {
    for (const page of [
      'https://elsewhere.example/',
      '//elsewhere.example',
      '/\\elsewhere.example',
      'x',
      '',
    ]) {
      const nurse = await portalOf(world, 'demo.nurse');
      const answer = await end(nurse, page, '{"title":"x"}');
      expect(answer.headers.location).toContain('return_to=%2F%3Fkept%3Dyes');
      expect(await contentOf('demo.nurse')).toBe('{"path":"/","fields":{}}');
    }
    const nurse = await portalOf(world, 'demo.nurse');
    await end(nurse, '/', JSON.stringify({ title: ['長'.repeat(20_000)] }));
    expect(await contentOf('demo.nurse')).toBe('{"path":"/","fields":{}}');
    const nobody = await end(browserOf(world), '/account/profile', '{}');
    expect(nobody.headers.location).toContain('/signed-out?idle=yes');
  });
});
