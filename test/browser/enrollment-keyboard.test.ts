import type { Browser, Page } from 'playwright-core';
import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import { PHONE, WIDE, findViolations, launchBrowser, newContext } from '../support/browser.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';
import { confirmationLink, tabTo } from './steps.ts';

/* A nurse applies, is mailed, withdraws, applies again, is approved and signs in: by keys alone. */

const PASSWORD = 'Sturdy*Boat7Lamp';
const HOSPITAL = '9876543210';

describe('a nurse’s application, by keyboard alone', () => {
  let world: IdpWorld;
  let browser: Browser;
  beforeAll(async () => {
    [world, browser] = await Promise.all([startIdpWorld(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });

  it.each([
    ['zh-TW', WIDE, 'keys.zh'],
    ['en', PHONE, 'keys.en'],
  ] as const)(
    'P-09, P-11, P-12, P-16, P-17, P-18, N01: applied, mailed, withdrawn, applied again, approved: %s',
    async (locale, viewport, loginName) => {
      await using context = await newContext(browser, { locale, viewport });
      const page = await context.newPage();
      const faults: unknown[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      const email = `${loginName}@hospital.example`;

      const check = async (): Promise<void> => {
        await page.waitForSelector('html[data-scripts=ready]');
        for (const violation of await findViolations(page)) faults.push({ url: page.url(), ...violation });
        const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        if (over > 0) faults.push({ url: page.url(), over });
      };
      const press = async (target: string, path: string, key = 'Enter'): Promise<void> => {
        await tabTo(page, target);
        await page.keyboard.press(key);
        await page.waitForURL(`**${path}`);
        await check();
      };
      const type = async (field: string, text: string): Promise<void> => {
        await tabTo(page, field);
        await page.keyboard.press('ControlOrMeta+a');
        await page.keyboard.type(text);
      };
      const applyAndConfirm = async (): Promise<void> => {
        await page.goto(`${world.issuer}/enrollment`);
        await check();
        await press('a.button[href="/enrollment/unit"]', '/enrollment/unit');
        await type('#q', HOSPITAL);
        await page.locator(`[name="unit"][value="${HOSPITAL}"]`).waitFor();
        await tabTo(page, '[name="unit"]');
        await page.keyboard.press('Space');
        await press('#form .actions button', '/enrollment/role');
        await tabTo(page, '[name="role"]');
        await page.keyboard.press('Space');
        for (let tries = 0; tries < 3 && !(await page.isChecked('#role-user')); tries += 1) {
          await page.keyboard.press('ArrowDown');
        }
        await press('#form .actions button', '/enrollment/person');
        await fillPerson(type, loginName, email, locale === 'en' ? 2 : 1);
        await press('#form > .actions button', '/enrollment/subsystems');
        await tabTo(page, '#mch');
        await page.keyboard.press('Space');
        await chooseRole(page);
        await press('#form > .actions button', '/enrollment/review');
        await type('#captcha', FIXED_CAPTCHA);
        await page.keyboard.press('Enter');
        await page.waitForURL('**/enrollment/sent');
        await check();
        await page.goto(await confirmationLink(world, email)); // from the mail
        await check();
        await tabTo(page, 'main form button');
        await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
        await check();
      };
      const lookUp = async (): Promise<void> => {
        await page.goto(`${world.issuer}/enrollment-progress`);
        await check();
        // the browser that applied is known; another one proves whose application it is
        await tabTo(page, 'form[action$="/end"] button');
        await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
        await page.goto(`${world.issuer}/enrollment-progress`);
        await check();
        await type('[name=account]', loginName);
        await type('[name=password]', PASSWORD);
        await type('[name=captcha]', FIXED_CAPTCHA);
        await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
        await check();
      };
      const told = async (): Promise<string[]> => {
        const mails = world.database.db.selectFrom('mail_message').select('kind').where('kind', 'like', 'N%');
        const rows = await mails.where('dedupe_key', 'like', `%${await lastId()}%`).execute();
        return rows.map(({ kind }) => kind);
      };
      const lastId = async (): Promise<string> => {
        const rows = world.database.db
          .selectFrom('enrollment')
          .select('id')
          .where('login_name', '=', loginName);
        return (await rows.orderBy('submitted_at', 'desc').executeTakeFirstOrThrow()).id;
      };

      await applyAndConfirm();
      expect(await told()).toContain('N01');
      const first = await lastId();
      await lookUp();
      await tabTo(page, '.flow-withdraw summary');
      await page.keyboard.press('Enter');
      await tabTo(page, '.flow-withdraw button');
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
      await check();
      expect(await page.textContent('main')).toContain(locale === 'en' ? 'withdrawn' : '撤回');

      await applyAndConfirm();
      const second = await lastId();
      expect(second).not.toBe(first);
      const approval = await world.command('enrollments', 'approve', second, '--reviewer', 'demo.manager');
      expect(approval).toMatchObject({ code: 0 });
      await page.goto(`${world.issuer}/sign-in`);
      await check();
      await type('#account', loginName);
      await type('#password', PASSWORD);
      await type('#captcha', FIXED_CAPTCHA);
      await page.keyboard.press('Enter');
      await page.waitForURL(`${world.issuer}/`);
      await check();
      expect(faults).toEqual([]);
    },
  );
});

async function fillPerson(
  type: (field: string, text: string) => Promise<void>,
  loginName: string,
  email: string,
  number: number,
): Promise<void> {
  const values = {
    login_name: loginName,
    new_password: PASSWORD,
    repeat_password: PASSWORD,
    national_id: syntheticNationalId('F', 2, 7000 + number),
    name: 'Sample',
    title: 'Nurse',
    phone: '02-12345678#1234',
    mobile: '0912-345678',
    email,
  };
  for (const [field, value] of Object.entries(values)) await type(`#${field}`, value);
}

/** The first role, the duty of a hospital, and the first of its menu roles. */
async function chooseRole(page: Page): Promise<void> {
  await tabTo(page, '[name="mch.role"]');
  await page.keyboard.press('Space');
  await tabTo(page, '[name="mch.duty"]');
  await page.keyboard.press('Space');
  await tabTo(page, '[name="mch.menu.medical"]');
  await page.keyboard.press('Space');
}
