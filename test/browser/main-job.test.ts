import type { Browser, Page } from 'playwright-core';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
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

/* The main job as a person sees it: sign in once, act as any bound account. */

const VISITS = [
  { locale: 'zh-TW', width: 'wide', viewport: WIDE, javaScript: true },
  { locale: 'en', width: 'phone', viewport: PHONE, javaScript: true },
  { locale: 'zh-TW', width: 'without scripts', viewport: WIDE, javaScript: false },
] as const;

describe('sign in once, act as any bound account', () => {
  let world: World;
  let browser: Browser;

  beforeAll(async () => {
    [world, browser] = await Promise.all([startWorld({ mch: true, examples: true }), launchBrowser()]);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });

  it.each(VISITS)(
    'in $locale, $width',
    async ({ locale, width, viewport, javaScript }) => {
      const context = await newContext(browser, { locale, viewport, javaScript });
      const page = await context.newPage();
      const broken: string[] = [];
      page.on('pageerror', (error) => broken.push(error.message));
      let shot = 0;
      /** Looks at the page a step led to: where it is, and whether everybody can use it. */
      const look = async (name: string, origin: string): Promise<void> => {
        await page.waitForURL((url) => url.origin === origin);
        await page.waitForLoadState();
        shot += 1;
        await screenshot(page, `main-job-${locale}-${width}-${shot}-${name}`.replaceAll(' ', '-'));
        if (javaScript) expect(await findViolations(page)).toEqual([]);
      };
      const submit = (action: string): Promise<void> =>
        page.locator(`form[action="${action}"] button[type="submit"]`).first().click();

      await page.goto(world.issuer);
      await look('home', world.issuer);
      await page.locator('.hero-act a').click();
      await look('sign-in', world.issuer);
      await page.fill('[name=account]', 'demo.nurse');
      await page.fill('[name=password]', DEMO_PASSWORD);
      await page.fill('[name=captcha]', FIXED_CAPTCHA);
      await page.press('[name=captcha]', 'Enter');
      await page.waitForURL(`${world.issuer}/`);
      await look('portal', world.issuer);

      await submit('/accounts/P%4000000001P%40mbh_01/entry');
      await look('hospital', world.origins.mch);
      await expectText(page, '.unit-head', '示範醫院');
      const hospitalMenu = await menuOf(page);
      if (javaScript) await putTodosAway(page);

      await page.locator('.acting > summary').click();
      await look('switcher', world.origins.mch);
      await page.locator('form:has(input[value="P@00000001P@mbh_02"]) button').click();
      await page.locator('.unit-head', { hasText: '2311170010' }).waitFor();
      await look('health-station', world.origins.mch);
      if (javaScript) await putTodosAway(page);
      await expectText(page, '.unit-head', '示範衛生所');
      expect(await menuOf(page)).not.toEqual(hospitalMenu);

      await page.goto(world.issuer);
      await submit('/accounts/P%4000000001P%40ccs_01/entry');
      await look('cancer', world.origins.cancer);
      await expectText(page, 'h1', '癌篩');

      await page.locator('form[action="/sign-out"] button').click();
      if (!javaScript) await page.locator('button[value="yes"]').click(); // scripts press it at once
      await look('signed-out', world.origins.cancer);
      await page.goto(world.issuer);
      await look('home-again', world.issuer);
      expect(await page.locator('.hero-act a').count()).toBe(1);
      const told = Date.now() + 1000; // the logout reaches the other systems within a second
      do await page.goto(world.origins.mch);
      while ((await page.locator('.acting').count()) > 0 && Date.now() < told);
      expect(await page.locator('.acting').count()).toBe(0);

      expect(broken).toEqual([]);
      await context.close();
    },
    60_000,
  );
});

async function expectText(page: Page, selector: string, words: string): Promise<void> {
  expect(await page.locator(selector).first().textContent()).toContain(words);
}

async function menuOf(page: Page): Promise<string[]> {
  const entries = await page.locator('.menu a').allTextContents();
  return entries.map((entry) => entry.trim());
}
