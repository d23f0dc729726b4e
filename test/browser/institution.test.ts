import type { Browser, Page } from 'playwright-core';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import {
  WIDE,
  findViolations,
  launchBrowser,
  newContext,
  putTodosAway,
  screenshot,
} from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { type HospitalGroup, startHospitalGroup } from '../support/hospital-group.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';
import { type World, startWorld } from '../support/world.ts';
import { codesOf, countPresses, expectAskedAgain } from './institution-steps.ts';
import { tabTo } from './steps.ts';

/* A person of the demo's hospital group signs in with the group's own provider. */

const NARROW = { width: 360, height: 740 };
const LOOKS = [
  { locale: 'zh-TW', viewport: WIDE, colorScheme: 'light' },
  { locale: 'en', viewport: NARROW, colorScheme: 'dark' },
] as const;
const PERSON = 'demo.manager';
const BUTTON = 'a[href*="provider=hospital-group"]';

describe('a person of a hospital group', () => {
  let world: World;
  let browser: Browser;
  let group: HospitalGroup;

  beforeAll(async () => {
    [world, browser] = await Promise.all([startWorld({ mch: true }), launchBrowser()]);
    group = await startHospitalGroup(world.issuer);
    expect(await world.idpCommand('providers', 'apply', group.manifestFile)).toMatchObject({ code: 0 });
  }, 90_000);
  afterAll(async () => {
    await browser.close();
    await Promise.all([world.stop(), group.stop()]);
  });

  const codeFor = codesOf(PERSON);
  const signInAt = async (page: Page, origin: string): Promise<void> => {
    await page.locator('[name=captcha]').waitFor();
    expect(new URL(page.url()).origin).toBe(origin);
    await page.fill('[name=account]', PERSON);
    await page.fill('[name=password]', DEMO_PASSWORD);
    await page.fill('[name=captcha]', FIXED_CAPTCHA);
    await page.press('[name=captcha]', 'Enter');
    await page.locator('[name=code]').waitFor();
    await page.fill('[name=code]', codeFor(origin));
    await page.press('[name=code]', 'Enter');
  };

  it.each(LOOKS)(
    'links once, lands in MCH with one click from then on, and is out when signed out here or there: $locale',
    async (look) => {
      const context = await newContext(browser, look);
      const pressed = await countPresses(context);
      const page = await context.newPage();
      const seen = async (name: string): Promise<void> => {
        await screenshot(page, `institution-${look.locale}-${name}`);
        expect(await findViolations(page)).toEqual([]);
      };
      /** By mouse in one language, by the keyboard alone in the other. */
      const press = async (selector: string): Promise<void> => {
        await page.locator(selector).first().waitFor();
        if (look === LOOKS[0]) return page.locator(selector).first().click();
        await tabTo(page, selector);
        await page.keyboard.press('Enter');
      };

      if (look === LOOKS[0]) {
        await eventually(async () => {
          await page.goto(`${world.issuer}/sign-in?lang=${look.locale}`);
          expect(await page.locator(BUTTON).count()).toBe(1);
        }, 10_000);
        await seen('sign-in');
        await press(BUTTON);
        await signInAt(page, group.origin);
        await page.locator('a[href="/account/links?provider=hospital-group"]').waitFor();
        await seen('unlinked');
        await page.locator('a[href="/account/links?provider=hospital-group"]').click();
        await signInAt(page, world.issuer);
        await page.waitForURL(/\/account\/links/);
        await seen('links');
        await page.locator('a[href*="departure?provider=hospital-group"]').click();
        await signInAt(page, group.origin); // anew, though signed in there a moment ago
        await page.locator('form[action="/account/links"]').waitFor();
        await seen('confirmation');
        await page.locator('form[action="/account/links"] button[type=submit]').click();
        await page.locator('.status-success').waitFor();
        await seen('linked');
        await page.locator('form[action="/sign-out"] button').first().click();
        await page.waitForURL(`${world.issuer}/signed-out`);
      } else {
        await page.goto(`${group.origin}/sign-in?lang=${look.locale}`);
        await signInAt(page, group.origin);
        await page.waitForURL(`${group.origin}/`);
      }

      await page.goto(`${world.origins.mch}/?lang=${look.locale}`);
      await page.locator(BUTTON).first().waitFor();
      await seen('mch-sign-in');
      const before = pressed();
      await press(BUTTON);
      await page.waitForURL((url) => url.origin === world.origins.mch);
      await page.locator('.unit-head').waitFor();
      expect(pressed() - before).toBe(1); // nothing else is asked
      await putTodosAway(page);
      await seen('mch');

      if (look === LOOKS[0]) {
        const there = await context.newPage();
        await there.goto(group.origin);
        await there.locator('form[action="/sign-out"] button').first().click();
        await there.waitForURL(`${group.origin}/signed-out`);
        await expectAskedAgain(page, world.issuer);
      } else {
        await page.goto(`${world.issuer}/account/links`);
        await seen('links');
        await page.goto(`${world.origins.mch}/sign-out`);
        await press('button[value=everywhere]');
        await page.waitForURL(/\/signed-out\?institution=/);
        await seen('signed-out');
        await press('a[href^="/federation/upstream/hospital-group/end"]');
        await page.waitForURL(/\/signed-out\?state=/); // back from there
        await seen('signed-out-there');
        await press('main a.button');
        await page.waitForURL(`${world.origins.mch}/signed-out?state=everywhere`);
        await page.goto(`${group.origin}/sign-in`);
        await page.locator('[name=captcha]').waitFor();
      }
      await eventually(async () => {
        await page.goto(world.origins.mch);
        expect(await page.locator('.unit-head').count()).toBe(0);
      }, 10_000);
      await context.close();
    },
    90_000,
  );
});
