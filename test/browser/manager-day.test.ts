import type { Browser, BrowserContext, Page } from 'playwright-core';
import { generateSync } from 'otplib';
import { DEMO_PASSWORD, people } from '#db/idp/seed/world.ts';
import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import {
  PHONE,
  WIDE,
  findViolations,
  launchBrowser,
  newContext,
  putTodosAway,
  screenshot,
} from '../support/browser.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';
import { type World, startWorld } from '../support/world.ts';
import { tabTo } from './steps.ts';

/* A manager works through a day, without a mouse: menu roles of a colleague who is at work, and somebody who leaves. */

const NURSE = 'P@00000001P@mbh_01';
const DAYS = [
  { locale: 'zh-TW', viewport: WIDE, menuRole: 'mi_high_risk', serial: 901 },
  { locale: 'en', viewport: PHONE, menuRole: 'mi_child_health', serial: 902 },
] as const;

describe('P-44, P-50, P-51, P-52: a manager works through a day', () => {
  let world: World;
  let browser: Browser;
  let cookies: Awaited<ReturnType<BrowserContext['cookies']>> = [];

  beforeAll(async () => {
    [world, browser] = await Promise.all([startWorld({ mch: true }), launchBrowser()]);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });

  /** Signs in by keyboard; whoever manages proves a second factor as well. */
  const signIn = async (page: Page, loginName: string): Promise<void> => {
    await page.goto(`${world.issuer}/sign-in`);
    for (const [name, text] of [
      ['account', loginName],
      ['password', DEMO_PASSWORD],
      ['captcha', FIXED_CAPTCHA],
    ] as const) {
      await tabTo(page, `[name=${name}]`);
      await page.keyboard.type(text);
    }
    await page.keyboard.press('Enter');
    const secret = people.find((person) => person.loginName === loginName)?.totpSecret;
    if (secret !== undefined) {
      await page.waitForSelector('[name=code]');
      await tabTo(page, '[name=code]');
      await page.keyboard.type(generateSync({ secret }));
      await page.keyboard.press('Enter');
    }
    await page.waitForURL(`${world.issuer}/`);
  };

  it.each(DAYS)(
    'in $locale',
    async ({ locale, viewport, menuRole, serial }) => {
      const atWork = await newContext(browser, { locale });
      const mch = await atWork.newPage();
      await signIn(mch, 'demo.nurse');
      await mch
        .locator(`form[action="/accounts/${encodeURIComponent(NURSE)}/entry"] button`)
        .first()
        .click();
      await mch.waitForURL((url) => url.origin === world.origins.mch);
      await mch.waitForLoadState();
      await putTodosAway(mch);
      const menuBefore = await menuOf(mch);

      const context = await newContext(browser, { locale, viewport });
      const page = await context.newPage();
      if (cookies.length === 0) await signIn(page, 'demo.manager');
      else await context.addCookies(cookies);
      cookies = await context.cookies();
      const { enter, fill, look } = keyboardOf(page, locale);

      // whose menu roles change is found, opened and changed without leaving the keyboard
      await page.goto(`${world.issuer}/console`);
      await look('home');
      if (viewport === WIDE) await enter('a.menu-link[href="/console/subsystem-accounts"]');
      else await page.goto(`${world.issuer}/console/subsystem-accounts`);
      await page.waitForURL('**/console/subsystem-accounts');
      await look('accounts');
      if (viewport === PHONE) await enter('.filter-fold > summary');
      await fill('account', NURSE);
      await page.keyboard.press('Enter');
      await page.waitForURL('**/subsystem-accounts?*');
      await enter(`a.row-link[href$="${encodeURIComponent(NURSE)}"]`);
      await page.waitForURL(`**/${encodeURIComponent(NURSE)}`);
      await look('rights');
      await tabTo(page, `input[name="menu_role.medical"][value="${menuRole}"]`);
      await page.keyboard.press('Space');
      await enter('main form button[type=submit]');
      await page.waitForURL('**?done=saved');
      await look('saved');

      // the page she has open shows the new menu at the next click, and asks for no password
      // once she was told of the logout, which takes a second
      let menuAfter = menuBefore;
      for (let clicks = 0; clicks < 20 && menuAfter.length === menuBefore.length; clicks += 1) {
        await mch.waitForTimeout(500);
        await mch.locator('.menu a').first().click();
        await mch.waitForSelector('.menu a');
        await putTodosAway(mch);
        menuAfter = await menuOf(mch);
      }
      expect(new URL(mch.url()).origin).toBe(world.origins.mch);
      expect(menuAfter).not.toEqual(menuBefore);
      expect(menuAfter.length).toBeGreaterThan(menuBefore.length);

      // somebody comes, and leaves
      const loginName = `day.person${serial}`;
      await page.goto(`${world.issuer}/console/accounts/creation`);
      await look('creation');
      for (const [name, text] of Object.entries({
        login_name: loginName,
        national_id: syntheticNationalId('F', 1, serial),
        name: locale === 'en' ? 'Chen Come-Go' : '陳來去',
        title: locale === 'en' ? 'Nurse' : '護理師',
        phone: '02-24292525',
        email: `${loginName}@example.invalid`,
      })) {
        await fill(name, text);
      }
      await page.keyboard.press('Enter');
      await page.waitForURL('**?done=created');
      await look('created');
      await enter('a[href$="/resignation"]');
      await page.waitForURL('**/resignation');
      await look('resignation');
      await fill('reason', locale === 'en' ? 'Left on the 20th' : '二十日離職');
      await enter('main form button[type=submit]');
      await page.waitForURL('**?done=resignation');
      await look('resigned');
      await page.goto(`${world.issuer}/console/accounts?login=${loginName}`);
      expect(await page.locator('tbody .tag').first().textContent()).toBe(
        locale === 'en' ? 'Disabled' : '停用',
      );
      await atWork.close();
      await context.close();
    },
    180_000,
  );
});

/** What somebody without a mouse does, and a look at each page they come to. */
function keyboardOf(page: Page, locale: string) {
  let shot = 0;
  return {
    enter: async (selector: string): Promise<void> => {
      await tabTo(page, selector);
      await page.keyboard.press('Enter');
    },
    fill: async (name: string, text: string): Promise<void> => {
      await tabTo(page, `[name=${name}]`);
      await page.keyboard.type(text);
    },
    look: async (name: string): Promise<void> => {
      await page.waitForLoadState();
      shot += 1;
      await screenshot(page, `manager-day-${locale}-${shot}-${name}`);
      expect(await findViolations(page)).toEqual([]);
      const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      expect([name, over <= 0]).toEqual([name, true]);
    },
  };
}

async function menuOf(page: Page): Promise<string[]> {
  const entries = await page.locator('.menu a').allTextContents();
  return entries.map((entry) => entry.trim());
}
