import { generateSync } from 'otplib';
import type { Browser, Page } from 'playwright-core';
import { DEMO_LOCAL_PASSWORD, DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import { type ContextOptions, WIDE, findViolations, launchBrowser, newContext } from '../support/browser.ts';
import { personOf } from '../idp/bindings-support.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';

const NARROW = { width: 360, height: 740 };
const LOOKS: (ContextOptions & { tag: string })[] = [
  { tag: 'zh-TW, wide', locale: 'zh-TW', viewport: WIDE },
  { tag: 'en, narrow', locale: 'en', viewport: NARROW },
];
const MOST_TABS = 150;

/* One's own account by the keyboard alone: nothing is clicked, filled or focused but by keys. */
describe.each(LOOKS)('by keyboard alone, $tag', (look) => {
  let world: IdpWorld;
  let browser: Browser;
  let page: Page;
  const faults: unknown[] = [];
  beforeAll(async () => {
    [world, browser] = await Promise.all([startIdpWorld(), launchBrowser()]);
    page = await (await newContext(browser, look)).newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    await signIn(page);
  });
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });
  afterEach(() => expect(faults.splice(0)).toEqual([]));

  async function signIn(at: Page): Promise<void> {
    await at.goto(`${world.issuer}/sign-in`);
    await at.waitForSelector('html[data-scripts=ready]');
    for (const [field, text] of [
      ['#account', 'demo.new'],
      ['#password', DEMO_PASSWORD],
      ['#captcha', FIXED_CAPTCHA],
    ] as const) {
      await tabTo(at, field);
      await at.keyboard.type(text);
    }
    await at.keyboard.press('Enter');
    await at.waitForURL(`${world.issuer}/`);
  }
  /** Opens a place of the account and looks for what is wrong with it. */
  const open = async (place: string): Promise<void> => {
    await page.goto(`${world.issuer}/account/${place}`);
    await check();
  };
  const check = async (): Promise<void> => {
    await page.waitForSelector('html[data-scripts=ready]');
    faults.push(...(await findViolations(page)));
    const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    if (over > 0) faults.push({ url: page.url(), over });
  };
  const type = async (field: string, text: string): Promise<void> => {
    await tabTo(page, field);
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type(text);
  };
  /** Reaches a link or button, presses it, and waits for the page it leads to. */
  const press = async (target: string, path: string): Promise<void> => {
    await tabTo(page, target);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${path}`);
    await check();
  };

  it('P-23: particulars are changed; what is wrong is said where the focus goes', async () => {
    await open('profile');
    await type('#title', '');
    await page.keyboard.press('Backspace');
    await tabTo(page, '#form .actions button');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('title');
    await page.keyboard.type('資深助產師');
    await type('#phone', '02-55501234');
    await press('#form .actions button', '/account/profile?done=saved');
    expect(await page.inputValue('#title')).toBe('資深助產師');
  });

  it('D16: an app is added, named, its recovery codes are made, and it is removed', async () => {
    await open('security');
    await press('a[href="/account/security/authenticator"]', '/account/security/authenticator');
    const secret = ((await page.textContent('.qr-secret')) ?? '').replaceAll(' ', '');
    await type('#code', generateSync({ secret, epoch: Math.floor(Date.now() / 1000) }));
    await type('#name', '公務手機');
    await press('#form .actions button', '/account/security?done=added');
    await press('a[href="/account/security/factors/totp"]', '/account/security/factors/totp');
    await type('#name', '新手機');
    await press('#form .actions button', '/account/security?done=renamed');
    expect(await page.textContent('main')).toContain('新手機');
    await press('form[action$="/recovery-codes"] button', '/account/security/recovery-codes');
    expect(await page.locator('main li code').count()).toBe(10);
    await open('security');
    await press('a[href$="/factors/totp/removal"]', '/account/security/factors/totp/removal');
    await press('#form button', '/account/security?done=removed');
  });

  it('SM-16: another browser is signed out, and the history is read', async () => {
    const other = await newContext(browser, look);
    await signIn(await other.newPage());
    await open('sessions');
    await press('form[action$="/others/removal"] button', '/account/sessions?done=others-ended');
    await press('a[href="/account/sessions/history"]', '/account/sessions/history');
    await other.close();
  });

  it('P-30, P-31: an account is bound, renamed, and unbound in a dialog', async () => {
    await open('bindings');
    await type('#name', '舊帳號');
    await tabTo(page, '#subsystem');
    for (let tries = 0; tries < 20; tries += 1) {
      if ((await page.inputValue('#subsystem')) === 'mch') break;
      await page.keyboard.press('ArrowDown');
    }
    await type('#subsystem_account', 'P@00000006P@mbh_01');
    await type('#subsystem_password', DEMO_LOCAL_PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/account/bindings?done=added');
    const address = '/account/bindings/P%4000000006P%40mbh_01';
    await press(`a[href="${address}"]`, address);
    await type('#name', '婦幼');
    await press('#form .actions button', '/account/bindings?done=renamed');
    await tabTo(page, `a[href="${address}/removal"]`);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    faults.push(...(await findViolations(page)));
    await press('dialog[open] form button[type=submit]', '/account/bindings?done=removed');
  });

  it('P-24: a message is opened from the list, and back', async () => {
    const { id } = await personOf(world, 'demo.new');
    const text = {
      sender_zh: '單一入口',
      sender_en: 'Single entry',
      subject_zh: '通知',
      subject_en: 'Notice',
    };
    await world.database.db
      .insertInto('message')
      .values({ account_id: id, ...text, body_zh: '內容', body_en: 'Words', dedupe_key: `k ${look.tag}` })
      .execute();
    await open('messages');
    await tabTo(page, 'main a[href^="/account/messages/"]');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/account/messages/*');
    await check();
    await press('main a[href="/account/messages"]', '/account/messages');
  });

  it('X-12: a request about one’s data is made and withdrawn', async () => {
    await open('data');
    await tabTo(page, '#kind');
    await page.keyboard.press('ArrowDown');
    await type('#wish', '請提供我的登入紀錄');
    await press('#form .actions button', '/account/data?done=asked');
    await press('form[action$="/withdrawal"] button', '/account/data?done=withdrawn');
  });
});

/** Presses Tab until this is reached. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let pressed = 0; pressed < MOST_TABS; pressed += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
  }
  throw new Error(`${selector} is not reached by Tab on ${page.url()}`);
}
