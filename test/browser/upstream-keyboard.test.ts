import type { Browser, Page } from 'playwright-core';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import { WIDE, findViolations, launchBrowser, newContext } from '../support/browser.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';
import { type LyingProvider, startLyingProvider } from '../support/lying-provider.ts';
import { declare, link, manifestOf, offered } from '../idp/upstream-world.ts';
import { tabTo } from './steps.ts';

const LOOKS = [
  { tag: 'zh-TW, wide', locale: 'zh-TW' as const, viewport: WIDE },
  { tag: 'en, narrow', locale: 'en' as const, viewport: { width: 360, height: 740 } },
];

/* Accounts at institutions by the keyboard alone: linked, removed, begun an application with; seen at the console. */
describe('the accounts at institutions', () => {
  let world: IdpWorld;
  let group: LyingProvider;
  let browser: Browser;
  const faults: unknown[] = [];
  beforeAll(async () => {
    [world, group, browser] = await Promise.all([startIdpWorld(), startLyingProvider(), launchBrowser()]);
    await declare(world, manifestOf(group, 'group'));
    await offered(world, 'group');
  });
  afterAll(async () => {
    await browser.close();
    await world.stop();
    await group.stop();
  });
  afterEach(() => expect(faults.splice(0)).toEqual([]));

  const pageFor = async (look: (typeof LOOKS)[number]): Promise<Page> => {
    const page = await (await newContext(browser, look)).newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    return page;
  };
  const check = async (page: Page): Promise<void> => {
    await page.waitForSelector('html[data-scripts=ready]');
    faults.push(...(await findViolations(page)));
    const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    if (over > 0) faults.push({ url: page.url(), over });
  };
  /** Reaches a link or button by Tab, presses it, and looks at the page it leads to. */
  const press = async (page: Page, target: string, path: RegExp): Promise<void> => {
    await tabTo(page, target);
    await page.keyboard.press('Enter');
    await page.waitForURL(path);
    await check(page);
  };
  const signIn = async (page: Page, loginName: string): Promise<void> => {
    await page.goto(`${world.issuer}/sign-in`);
    await page.fill('#account', loginName);
    await page.fill('#password', DEMO_PASSWORD);
    await page.fill('#captcha', FIXED_CAPTCHA);
    await page.press('#captcha', 'Enter');
    await page.waitForURL(`${world.issuer}/`);
  };

  it.each(LOOKS)('are linked and removed by keyboard, $tag', async (look) => {
    const page = await pageFor(look);
    await signIn(page, 'demo.nurse');
    await page.goto(`${world.issuer}/account/links`);
    await check(page);
    await press(page, 'a[href$="departure?provider=group"]', /\/account\/links\/arrival$/);
    await press(page, 'main button[type=submit]', /done=added/);
    await press(page, 'a[href$="/removal"]', /\/removal$/);
    await press(page, 'main button.button-danger', /done=removed/);
    expect(await page.locator('.rows').count()).toBe(0);
  });

  it.each(LOOKS)('begin an application with what the institution says, $tag', async (look) => {
    const page = await pageFor(look);
    await page.goto(`${world.issuer}/sign-in`);
    await press(page, 'a[href$="/upstream?provider=group"]', /\/upstream\/arrival$/);
    await press(page, 'main form[action="/enrollment/institution"] button', /\/enrollment\/unit$/);
    await page.goto(`${world.issuer}/enrollment/unit?q=9876543210`);
    await page.check('main input[name=unit][value="9876543210"]');
    await page.press('main input[name=unit][value="9876543210"]', 'Enter');
    await page.waitForURL(/\/role$/);
    await page.check('main input[name=role][value=user]');
    await press(page, 'main form button[type=submit]', /\/enrollment\/person$/);
    expect(await page.inputValue('#name')).toBe(group.who.name);
    expect(await page.locator('#name-source').textContent()).toContain(
      look.locale === 'en' ? 'Provided by Institution group' : '由「機構 group」提供',
    );
  });

  it.each(LOOKS)('are seen and removed at the console, $tag', async (look) => {
    await link(world, await portalOf(world, 'demo.nurse'), 'group');
    const page = await pageFor(look);
    const { jar } = await portalOf(world, 'demo.ops'); // with the second factor
    const cookies = jar.header(new URL(world.issuer)).split('; ');
    await page.context().addCookies(
      cookies.map((cookie) => {
        const [name = '', ...value] = cookie.split('=');
        return { name, value: value.join('='), url: world.issuer };
      }),
    );
    await page.goto(`${world.issuer}/console/upstreams`);
    await check(page);
    await press(page, 'main a[href="/console/upstreams/group"]', /\/upstreams\/group$/);
    await press(page, 'main a[href$="/disabling"]', /\/disabling$/);
    await page.goto(`${world.issuer}/console/upstream-links?provider=group`);
    await check(page);
    await press(page, 'main tbody a', /\/upstream-links\/[0-9a-f-]{36}$/);
    await press(page, 'main a[href$="/removal"]', /\/removal$/);
    await tabTo(page, '#reason');
    await page.keyboard.type('test');
    await press(page, 'main button.button-danger', /done=removed/);
  });
});
