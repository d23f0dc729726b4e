import path from 'node:path';
import type { Browser } from 'playwright-core';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import type { Locale } from '#kit/http/locale.ts';
import { PHONE, WIDE, launchBrowser, newContext, screenshot } from '../support/browser.ts';
import { type HcaWorld, startHca } from '../support/hca.ts';
import { cardSettingsOf } from '../support/hca-settings.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';
import { type FakeComponent, fakeComponent, serveComponent } from '../support/servisign.ts';
import { PASSWORD, applyUpToCard, look, typePin } from './card-steps.ts';
import { tabTo } from './steps.ts';

/* P-13, P-14, SM-02: a new unit's manager applies with a card, by keyboard alone, and the account opens at once. */

const UNIT = '2311170010';

let settings: ReturnType<typeof cardSettingsOf>;
let hca: HcaWorld;
let world: IdpWorld;
let browser: Browser;
let component: FakeComponent;
let service: { close(): Promise<void> };

beforeAll(async () => {
  hca = await startHca(() => new Date());
  settings = cardSettingsOf(hca);
  const env = { ...settings.env, IDP_HCA_VIRTUAL_CARDS: path.join(settings.folder, 'virtual') };
  component = fakeComponent();
  [world, browser, service] = await Promise.all([
    startIdpWorld({ env }),
    launchBrowser(),
    serveComponent(component),
  ]);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await Promise.all([world.stop(), service.close(), hca.close()]);
  settings.remove();
});

const statusOf = async (who: string) => {
  const { db } = world.database;
  const row = db
    .selectFrom('enrollment')
    .select(['status', 'hca_failures'])
    .where('login_name', '=', `card.${who}`);
  return row.executeTakeFirstOrThrow();
};

const ways: [string, Locale, typeof WIDE, 'virtual' | 'servisign'][] = [
  ['virtual', 'zh-TW', WIDE, 'virtual'],
  ['component', 'en', PHONE, 'servisign'],
];

describe('a unit manager with a card', () => {
  test.each(ways)(
    'P-13, P-14, SM-02: %s, %s, by keyboard alone: wrong PIN, wrong card, right card, open',
    async (who, locale, viewport, bridge) => {
      const context = await browser.newContext({
        locale,
        viewport,
        timezoneId: 'Asia/Taipei',
        reducedMotion: 'reduce',
        ignoreHTTPSErrors: true,
      });
      const page = await context.newPage();
      const broken: string[] = [];
      const sent: string[] = [];
      page.on('pageerror', (error) => broken.push(error.message));
      page.on('request', (request) => {
        if (request.url().startsWith(world.issuer)) sent.push(`${request.url()} ${request.postData() ?? ''}`);
      });
      await applyUpToCard(world, page, who, locale, UNIT);
      await look(page, `${who}-card`);

      if (bridge === 'servisign') {
        component.card = await hca.institution(UNIT);
        await tabTo(page, '[name="bridge"]');
        await page.keyboard.press('ArrowDown');
      }
      await typePin(page, '654321');
      await page.locator('#pin-error:not([hidden])').waitFor();
      expect(await page.locator('#pin-error').textContent()).toMatch(/PIN/);
      // the field is empty again and has the focus
      expect(await page.evaluate('document.activeElement.id + document.activeElement.value')).toBe('pin');
      await look(page, `${who}-wrong-pin`);
      expect(await statusOf(who)).toEqual({ status: 'pending_hca', hca_failures: 0 });

      // a card of another institution
      if (bridge === 'virtual') {
        await page.selectOption('#virtual-card', 'unit:0000000000');
      } else component.card = await hca.institution('9876543210');
      await Promise.all([page.waitForNavigation(), typePin(page, '123456')]);
      await page.locator('.error-summary').waitFor();
      await look(page, `${who}-refused`);
      expect(await statusOf(who)).toEqual({ status: 'pending_hca', hca_failures: 1 });

      await page.locator('html[data-scripts="ready"]').waitFor();
      if (bridge === 'servisign') {
        component.card = await hca.institution(UNIT);
        await tabTo(page, '[name="bridge"]');
        await page.keyboard.press('ArrowDown');
      }
      await Promise.all([page.waitForNavigation(), typePin(page, '123456')]);
      await page.waitForURL('**/enrollment-progress');
      await look(page, `${who}-open`);
      expect((await statusOf(who)).status).toBe('active');

      // no PIN has reached the server, nor the page a form could send it by
      expect(sent.filter((request) => request.includes('654321'))).toEqual([]);
      expect(broken).toEqual([]);
      await tabTo(page, 'a.button[href="/sign-in"]');
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
      await page.fill('[name=account]', `card.${who}`);
      await page.fill('[name=password]', PASSWORD);
      await page.fill('[name=captcha]', FIXED_CAPTCHA);
      await Promise.all([page.waitForNavigation(), page.press('[name=captcha]', 'Enter')]);
      expect(await page.locator('[name=captcha]').count()).toBe(0);
      await context.close();
    },
    90_000,
  );

  test('P-14: without a component: said so, and without scripts the page leads to paper', async () => {
    await service.close();
    const context = await newContext(browser, { viewport: PHONE });
    const page = await context.newPage();
    await applyUpToCard(world, page, 'paper', 'zh-TW', '9876543210');
    await page.check('[name="bridge"][value="servisign"]');
    await typePin(page, '123456');
    await page.locator('#pin-error:not([hidden])').waitFor();
    expect(await page.locator('#pin-error').textContent()).toContain('無法連接讀卡元件');
    await look(page, 'paper-no-component');

    const cookies = await context.cookies();
    const plain = await newContext(browser, { viewport: PHONE, javaScript: false });
    await plain.addCookies(cookies);
    const still = await plain.newPage();
    await still.goto(page.url());
    await screenshot(still, 'hca-paper-no-scripts');
    expect(await still.locator('[data-hca]').isVisible()).toBe(false);
    expect(await still.locator('[data-hca-missing]').isVisible()).toBe(true);
    await Promise.all([still.waitForNavigation(), still.locator('#paper button').click()]);
    expect((await statusOf('paper')).status).toBe('pending_paper');
    await Promise.all([context.close(), plain.close()]);
  }, 90_000);

  test.each([
    ['zh-TW', WIDE],
    ['en', PHONE],
  ] as const)(
    'D19, SM-02: a professional’s card as second factor, added and used, %s, by keyboard',
    async (locale, viewport) => {
      const context = await newContext(browser, { locale, viewport });
      const page = await context.newPage();
      const enter = async (selector: string): Promise<void> => {
        await tabTo(page, selector);
        await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
        await page.locator('html[data-scripts="ready"]').waitFor();
      };
      const signIn = async (): Promise<void> => {
        await page.goto(`${world.issuer}/sign-in`);
        await page.fill('[name=account]', 'demo.nurse');
        await page.fill('[name=password]', DEMO_PASSWORD);
        await page.fill('[name=captcha]', FIXED_CAPTCHA);
        await Promise.all([page.waitForNavigation(), page.press('[name=captcha]', 'Enter')]);
      };
      await world.database.db.deleteFrom('person_card').execute();
      await signIn();
      await page.goto(`${world.issuer}/account/security`);
      await enter('a[href="/account/security/card"]');
      await look(page, `own-card-${locale}`);
      // an institution's card first: it stands for no person
      await page.selectOption('#virtual-card', 'unit:0000000000');
      await Promise.all([page.waitForNavigation(), typePin(page, '123456')]);
      await page.locator('.error-summary').waitFor();
      await look(page, `own-card-refused-${locale}`);
      await page.locator('html[data-scripts="ready"]').waitFor();
      await Promise.all([page.waitForNavigation(), typePin(page, '123456')]);
      await page.waitForURL('**/account/security?done=added');
      await look(page, `own-card-added-${locale}`);

      await context.clearCookies();
      await signIn();
      await page.locator('html[data-scripts="ready"]').waitFor();
      await look(page, `second-factor-${locale}`);
      await enter('a[href$="/card"]');
      await look(page, `card-factor-${locale}`);
      await Promise.all([page.waitForNavigation(), typePin(page, '123456')]);
      await page.waitForURL(`${world.issuer}/`);
      await context.close();
    },
    60_000,
  );

  test('only that page may reach the component, and exactly there', async () => {
    const context = await newContext(browser);
    const page = await context.newPage();
    const elsewhere = await page.goto(`${world.issuer}/enrollment`);
    expect(elsewhere?.headers()['content-security-policy']).toContain("connect-src 'self';");
    await context.close();
  });
});
