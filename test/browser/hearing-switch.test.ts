import { randomBytes } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import { type Database, openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import type { MchTables } from '#db/mch/tables.ts';
import { readConfig } from '#mch/config.ts';
import { keepUnit } from '#mch/units/index.ts';
import { birthsOf } from '../mch-app/support/births.ts';
import { findViolations, launchBrowser, newContext, putTodosAway } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';
import { type World, startWorld } from '../support/world.ts';
import { DAYS_OLD, LOCKED, diagnose, fromTodo, refer } from './hearing-steps.ts';
import { LOOKS, mainText } from './steps.ts';

/* The same with the single entry as it is: signed in once, and switched by its token exchange. */

const UNIT = {
  code: '1132010024',
  name: '示範聽力確診醫院',
  kind: 'hospital',
  county: '63000',
  town: '63000030',
};
const [HERE, THERE] = ['P@00000001P@mbh_01', 'P@00000001P@mbh_02'];

let world: World;
let browser: Browser;
let idp: Database<IdpTables>;
let mch: Database<MchTables>;
let births: ReturnType<typeof birthsOf>;

beforeAll(async () => {
  const keys = randomBytes(32).toString('base64');
  [world, browser] = await Promise.all([
    startWorld({ mch: true, env: { MCH_MASTER_KEYS: keys } }),
    launchBrowser(),
  ]);
  const environment = {
    MCH_DATABASE_URL: world.databaseUrls.mch,
    MCH_ORIGIN: world.origins.mch,
    MCH_ISSUER: world.issuer,
    MCH_CLIENT_SECRET: world.clientSecrets['mch-app'],
    MCH_MASTER_KEYS: keys,
  };
  const known = { applicationName: 'test', onConnectionLost: () => {} };
  const config = readConfig(environment);
  mch = openDatabase<MchTables>({ ...config.database, ...known });
  idp = openDatabase<IdpTables>({ ...config.database, url: world.databaseUrls.idp, ...known });
  births = birthsOf({ environment, database: mch, clock: { now: () => new Date() } } as never);
  // the nurse's second account is at the hospital that confirms
  await idp.db
    .insertInto('unit')
    .values({ ...UNIT, name_en: 'Demo Hearing Hospital' })
    .execute();
  await idp.db
    .updateTable('subsystem_account')
    .set({ unit_code: UNIT.code, duty: 'medical', menu_roles: ['mi_hearing_confirm'] })
    .where('id', '=', THERE)
    .execute();
  await keepUnit(mch.db, UNIT);
}, 60_000);
afterAll(async () => {
  await Promise.all([browser.close(), idp.close(), mch.close()]);
  await world.stop();
});

/** Signs in at the single entry and goes on from its portal. */
async function enter(page: Page): Promise<void> {
  await page.goto(world.issuer);
  await page.locator('.hero-act a').click();
  await page.fill('[name=account]', 'demo.nurse');
  await page.fill('[name=password]', DEMO_PASSWORD);
  await page.fill('[name=captcha]', FIXED_CAPTCHA);
  await page.press('[name=captcha]', 'Enter');
  await page.waitForURL(`${world.issuer}/`);
  await page
    .locator(`form[action="/accounts/${encodeURIComponent(HERE)}/entry"] button`)
    .first()
    .click();
  await page.waitForURL((url) => url.origin === world.origins.mch);
  await putTodosAway(page);
}

/** Goes on as another of the person's accounts, by MCH's own switcher. */
async function switchTo(page: Page, account: string, binding: string): Promise<void> {
  await page.locator('.acting > summary').click();
  expect(await findViolations(page)).toEqual([]);
  await page.locator(`form:has(input[value="${account}"]) button`).click();
  await page.locator('[data-acting] > summary', { hasText: binding }).waitFor();
  await putTodosAway(page);
}

it.each(LOOKS)(
  'T05, M-02: referred under one account, diagnosed under another, switched at the single entry ($locale)',
  async (look) => {
    const said = LOCKED[look.locale];
    const serial = look.locale === 'en' ? 2 : 1;
    const child = `測試寶寶${serial}`;
    const hospital = { code: '9876543210', county: '10017', town: '10017070' };
    await births.born(serial, DAYS_OLD, { unit: hospital });
    const page = await (await newContext(browser, look)).newPage();
    page.setDefaultTimeout(10_000);
    await enter(page);

    const { mch: origin } = world.origins;
    await fromTodo(page, origin, '/child/hearing/unscreened', 1);
    expect(await mainText(page)).toContain(child);
    await refer(page, UNIT.code, [child, said]);
    await fromTodo(page, origin, '/child/hearing/undiagnosed', 1);
    expect(await page.locator('main a[href*="/diagnosis/new"]').count()).toBe(0);

    await switchTo(page, THERE, '衛生所');
    await fromTodo(page, origin, '/child/hearing/undiagnosed', 1);
    expect(await mainText(page)).toContain(child);
    await diagnose(page, [child, said]);
    await switchTo(page, HERE, '示範醫院');
    await fromTodo(page, origin, '/child/hearing/undiagnosed', 0);
    const exchanged = await mch.db
      .selectFrom('audit_event')
      .select(['type', 'outcome', 'account_id'])
      .where('type', 'like', '%switch%')
      .execute();
    expect(exchanged.filter(({ outcome }) => outcome === 'success').length).toBeGreaterThanOrEqual(2);
    await page.context().close();
  },
  60_000,
);

it('G5: a file is taken by the rights that the single entry tells when it is written', async () => {
  const page = await (await newContext(browser, LOOKS[0])).newPage();
  page.setDefaultTimeout(10_000);
  await enter(page);
  const at = `${world.origins.mch}/child/hearing/import`;
  const heading = (await (await page.request.get(`${at}/template?format=csv`)).text()).trim();
  const row = [
    'x',
    ...heading
      .split(',')
      .slice(1)
      .map(() => ''),
  ].join(',');
  const file = {
    name: 'rows.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`${heading}\r\n${row}\r\n`),
  };
  const bring = async (said: string): Promise<void> => {
    await page.goto(at);
    await page.setInputFiles('main [name=file]', file);
    await page.check('main [name=mode][value=good]');
    await page.locator('main form[enctype] button[type=submit]').click();
    await page.waitForURL(/import\/\d+$/);
    await eventually(async () => {
      await page.reload();
      expect(await mainText(page)).toContain(said);
    });
  };
  await bring('匯入完成');
  const account = () => idp.db.updateTable('subsystem_account').where('id', '=', HERE);
  await account()
    .set({ menu_roles: ['mi_antenatal'] })
    .execute();
  await bring('帳號的權限已變更');
  expect(await findViolations(page)).toEqual([]);
  await page.context().close();
}, 60_000);
