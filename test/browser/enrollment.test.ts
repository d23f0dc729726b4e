import type { Browser, Page } from 'playwright-core';
import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import { PHONE, WIDE, findViolations, launchBrowser, newContext, screenshot } from '../support/browser.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';
import { confirmationLink } from './steps.ts';

/* Asking for an account as people do it: found, filled in, confirmed, returned, corrected, approved, signed in. */

const PASSWORD = 'Sturdy*Boat7Lamp';
const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< >>\n%%EOF\n');
const VISITS = [
  { who: 'nurse', locale: 'zh-TW', viewport: WIDE, javaScript: true, unit: '9876543210', role: 'user' },
  { who: 'chief', locale: 'en', viewport: PHONE, javaScript: true, unit: '2311170010', role: 'unit_manager' },
  { who: 'plain', locale: 'zh-TW', viewport: PHONE, javaScript: false, unit: '9876543210', role: 'user' },
] as const;

describe('an account, from the first step to the first sign-in', () => {
  let world: IdpWorld;
  let browser: Browser;

  beforeAll(async () => {
    [world, browser] = await Promise.all([startIdpWorld(), launchBrowser()]);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });

  const command = async (...args: string[]): Promise<string> => {
    const { code, output } = await world.command(...args);
    if (code !== 0) throw new Error(output);
    return output;
  };

  it.each(VISITS)(
    'P-09 to P-18: $who, $locale, scripts: $javaScript',
    async ({ who, locale, viewport, javaScript, unit, role }) => {
      const context = await newContext(browser, { locale, viewport, javaScript });
      const page = await context.newPage();
      const broken: string[] = [];
      page.on('pageerror', (error) => broken.push(error.message));
      const loginName = `browser.${who}`;
      const look = async (name: string): Promise<void> => {
        await page.waitForLoadState();
        await screenshot(page, `enrollment-${who}-${name}`);
        if (!javaScript) return;
        expect(await findViolations(page)).toEqual([]);
        const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect(wide).toBeLessThanOrEqual(0);
      };

      await page.goto(`${world.issuer}/enrollment`);
      await look('1-start');
      await page.locator('a.button[href="/enrollment/unit"]').click();
      await chooseUnit(page, unit, javaScript);
      await look('2-unit');
      await next(page);
      await look('3-role');
      await page.locator(`#role-${role}`).check();
      await next(page);
      if (javaScript) await page.locator('html[data-scripts="ready"]').waitFor();
      await page.fill('#login_name', 'x');
      await page.fill('#national_id', 'A123456788');
      if (javaScript) {
        await page.locator('#national_id').blur();
        expect(await page.locator('#national_id-error').isVisible()).toBe(true);
        await look('4-person-live');
      }
      await fillPerson(page, who, loginName);
      await look('5-person');
      await next(page);
      await page.locator('#mch').check();
      await page.locator('[name="mch.role"][value="mch_user"]').check();
      const duty = unit === '9876543210' ? 'medical' : 'health_station';
      await page.locator(`[name="mch.duty"][value="${duty}"]`).check();
      await page.locator(`[name="mch.menu.${duty}"]`).first().check();
      await look('6-subsystems');
      await next(page);
      await look('7-review');
      await page.fill('#captcha', FIXED_CAPTCHA);
      await page.press('#captcha', 'Enter');
      await page.waitForURL('**/enrollment/sent');
      await look('8-sent');

      await page.goto(await confirmationLink(world, `${loginName}@hospital.example`));
      await look('9-confirm');
      await page.locator('.flow-panel button').click();
      await page.waitForLoadState();
      await look('10-confirmed');

      await page.goto(`${world.issuer}/enrollment-progress`); // who has just sent one need not prove it again
      await page.locator('form[action$="/end"] button').click();
      await page.waitForSelector('[name=captcha]');
      await look('11-proof');
      await lookUp(page, loginName);
      await look('12-progress');
      const { id } = await world.database.db
        .selectFrom('enrollment')
        .select('id')
        .where('login_name', '=', loginName)
        .executeTakeFirstOrThrow();
      expect(await command('enrollments', 'list')).toContain(id);
      if (role === 'unit_manager') {
        await page.setInputFiles('#scan', { name: 'sealed.pdf', mimeType: 'application/pdf', buffer: PDF });
        await page.locator('form[enctype] button').click();
        await page.waitForLoadState();
        await look('13-uploaded');
        await command('enrollments', 'approve', id, '--reviewer', 'demo.hpa');
      } else {
        await command('enrollments', 'return', id, '--reviewer', 'demo.manager', '--reason', 'title?');
        await page.reload();
        await look('13-returned');
        await page.locator('form[action$="/correction"] button').click();
        await page.fill('#title', 'Head nurse');
        await next(page);
        await next(page);
        await page.fill('#captcha', FIXED_CAPTCHA);
        await page.press('#captcha', 'Enter');
        await page.waitForURL('**/enrollment/sent');
        await command('enrollments', 'approve', id, '--reviewer', 'demo.manager');
      }
      await page.goto(`${world.issuer}/enrollment-progress`);
      await look('14-active');
      expect(broken).toEqual([]);

      await page.goto(`${world.issuer}/sign-in`);
      await lookUp(page, loginName);
      await page.waitForLoadState();
      // a general user is in; a manager is asked for the second factor that managers need
      if (role === 'user') expect(new URL(page.url()).pathname).toBe('/');
      else expect(await page.locator('[name=captcha]').count()).toBe(0);
      await context.close();
    },
    60_000,
  );

  it('P-11 P-12: by keyboard alone', async () => {
    const context = await newContext(browser);
    const page = await context.newPage();
    await page.goto(`${world.issuer}/enrollment/unit`);
    await page.locator('html[data-scripts="ready"]').waitFor();
    await tabTo(page, '#q');
    await page.keyboard.type('9876543210');
    await page.locator('[name="unit"][value="9876543210"]').waitFor();
    await tabTo(page, '[name="unit"]');
    await page.keyboard.press('Space');
    await tabTo(page, '#form button');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/enrollment/role');
    await tabTo(page, '[name="role"]');
    await page.keyboard.press('ArrowDown');
    await tabTo(page, '#form button');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/enrollment/person');
    await page.locator('html[data-scripts="ready"]').waitFor();
    await tabTo(page, '#form > .actions button');
    await page.keyboard.press('Enter');
    // what is missing is said, and the first field has the focus
    expect(await page.evaluate('document.activeElement.id')).toBe('login_name');
    await context.close();
  });
});

/** Presses Tab until this is reached. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let pressed = 0; pressed < 60; pressed += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
  }
  throw new Error(`${selector} is not reached by Tab`);
}

async function next(page: Page): Promise<void> {
  await Promise.all([page.waitForNavigation(), page.locator('#form button[type="submit"]').last().click()]);
}

async function chooseUnit(page: Page, unit: string, javaScript: boolean): Promise<void> {
  if (javaScript) {
    await page.locator('html[data-scripts="ready"]').waitFor();
    await page.fill('#q', unit.slice(0, 6));
    await page.locator(`[name="unit"][value="${unit}"]`).check();
    await page.locator('#town option[value="10017070"]').waitFor({ state: 'attached' });
    expect(await page.locator('#county').inputValue()).toBe('10017');
    return;
  }
  await page.selectOption('#county', '10017');
  await page.locator('.flow-search button').click();
  await page.selectOption('#town', '10017070');
  await page.locator('.flow-search button').click();
  await page.locator(`[name="unit"][value="${unit}"]`).check();
}

async function fillPerson(page: Page, who: string, loginName: string): Promise<void> {
  const values = {
    login_name: loginName,
    new_password: PASSWORD,
    repeat_password: PASSWORD,
    national_id: syntheticNationalId('E', 2, who.length * 100 + (who.codePointAt(0) ?? 0)),
    name: 'Sample',
    title: 'Nurse',
    phone: '02-12345678#1234',
    mobile: '0912-345678',
    email: `${loginName}@hospital.example`,
  };
  for (const [field, value] of Object.entries(values)) await page.fill(`#${field}`, value);
}

async function lookUp(page: Page, loginName: string): Promise<void> {
  await page.fill('[name=account]', loginName);
  await page.fill('[name=password]', PASSWORD);
  await page.fill('[name=captcha]', FIXED_CAPTCHA);
  await Promise.all([page.waitForNavigation(), page.press('[name=captcha]', 'Enter')]);
}
