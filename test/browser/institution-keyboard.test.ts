import { readFileSync, writeFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import { findViolations, launchBrowser, newContext } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { type HospitalGroup, startHospitalGroup } from '../support/hospital-group.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';
import { type World, startWorld } from '../support/world.ts';
import { codesOf, countPresses, expectAskedAgain } from './institution-steps.ts';
import { LOOKS, tabTo } from './steps.ts';

const BUTTON = 'a[href*="provider=hospital-group"]';

/* The whole way of a person of the hospital group by the keyboard alone, who finds the group by unit or domain. */
describe('a person of a hospital group without a mouse', () => {
  let world: World;
  let browser: Browser;
  let group: HospitalGroup;

  beforeAll(async () => {
    [world, browser] = await Promise.all([startWorld({ mch: true }), launchBrowser()]);
    group = await startHospitalGroup(world.issuer);
    const manifest = JSON.parse(readFileSync(group.manifestFile, 'utf8')) as { vouchesFor: object };
    Object.assign(manifest.vouchesFor, { emailDomains: ['hospital.example.test'] });
    const other = { ...manifest, code: 'other', issuer: 'http://127.0.0.1:9', shown: 'when_named' };
    for (const one of [manifest, { ...other, vouchesFor: { units: ['2311170010'] } }]) {
      writeFileSync(group.manifestFile, JSON.stringify(one));
      expect(await world.idpCommand('providers', 'apply', group.manifestFile)).toMatchObject({ code: 0 });
    }
  }, 90_000);
  afterAll(async () => {
    await browser.close();
    await Promise.all([world.stop(), group.stop()]);
  });

  /** Tab to it, and Enter. */
  const press = async (page: Page, target: string): Promise<void> => {
    await page.locator(target).first().waitFor();
    await page.waitForSelector('html[data-scripts=ready]');
    await tabTo(page, target);
    await page.keyboard.press('Enter');
  };
  const type = async (page: Page, target: string, text: string): Promise<void> => {
    await tabTo(page, target);
    await page.keyboard.type(text);
  };
  const signInAt = async (page: Page, origin: string, code: string | undefined, person: string) => {
    await page.locator('[name=captcha]').waitFor();
    expect(new URL(page.url()).origin).toBe(origin);
    await type(page, '[name=account]', person);
    await type(page, '[name=password]', DEMO_PASSWORD);
    await type(page, '[name=captcha]', FIXED_CAPTCHA);
    await page.keyboard.press('Enter');
    if (code === undefined) return;
    await page.locator('[name=code]').waitFor();
    await type(page, '[name=code]', code);
    await page.keyboard.press('Enter');
  };
  const clean = async (page: Page): Promise<void> => expect(await findViolations(page)).toEqual([]);

  /** Finds the group by what is typed, and is told that nobody is linked there yet; then links. */
  const link = async (page: Page, named: string, signIn: (at: string) => Promise<void>): Promise<void> => {
    await eventually(async () => {
      await page.goto(`${world.issuer}/sign-in`);
      expect(await page.locator('a[href$="/institution"]').count()).toBe(1);
    }, 10_000);
    await press(page, 'a[href$="/institution"]');
    await page.locator('[name=q]').waitFor();
    await type(page, '[name=q]', 'nowhere.example.test');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=nowhere/);
    expect(await page.locator(BUTTON).count()).toBe(0);
    await tabTo(page, '[name=q]');
    await page.keyboard.press('Control+A');
    await page.keyboard.type(named);
    await page.keyboard.press('Enter');
    await page.locator(BUTTON).waitFor();
    expect(await page.locator('a[href*="provider=other"]').count()).toBe(0);
    await clean(page);
    await press(page, BUTTON);
    await signIn(group.origin);
    await press(page, 'a[href="/account/links?provider=hospital-group"]');
    await signIn(world.issuer);
    await press(page, 'a[href*="departure?provider=hospital-group"]');
    await signIn(group.origin);
    await press(page, 'form[action="/account/links"] button[type=submit]');
    await page.locator('.status-success').waitFor();
    await clean(page);
    await press(page, 'form[action="/sign-out"] button');
    await page.waitForURL(/\/signed-out/);
  };

  /** @returns how often something had to be pressed from MCH's address to its home */
  const enter = async (page: Page, pressed: () => number, accounts: number): Promise<number> => {
    await page.goto(world.origins.mch);
    const before = pressed();
    await press(page, BUTTON);
    if (accounts > 1) await press(page, 'main form button[type=submit]');
    await page.locator('.unit-head').waitFor();
    expect(new URL(page.url()).origin).toBe(world.origins.mch);
    await page.keyboard.press('Escape'); // what waits
    await clean(page);
    return pressed() - before;
  };

  it.each([
    { ...LOOKS[0], person: 'demo.manager', named: '9876543210', accounts: 1 },
    { ...LOOKS[1], person: 'demo.nurse', named: 'hospital.example.test', accounts: 2 },
  ])(
    'finds it by $named, links once, is in MCH by one press, and out everywhere by signing out there: $locale',
    async ({ person, named, accounts, ...look }) => {
      const context: BrowserContext = await newContext(browser, look);
      const pressed = await countPresses(context);
      const codeAt = codesOf(person);
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      await link(page, named, (at) =>
        signInAt(page, at, person === 'demo.manager' ? codeAt(at) : undefined, person),
      );
      expect(await enter(page, pressed, accounts)).toBe(accounts);

      const there = await context.newPage();
      await there.goto(group.origin);
      await press(there, 'form[action="/sign-out"] button');
      await there.waitForURL(`${group.origin}/signed-out`);
      await expectAskedAgain(page, world.issuer);
      await context.close();
    },
    90_000,
  );
});
