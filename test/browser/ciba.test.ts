import { decodeJwt } from 'jose';
import type { Browser, Page } from 'playwright-core';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import {
  type ContextOptions,
  WIDE,
  findViolations,
  launchBrowser,
  newContext,
  screenshot,
} from '../support/browser.ts';
import { type CibaWorld, startCibaWorld } from '../support/ciba.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';
import { addAuthenticator } from '../support/virtual-authenticator.ts';
import { tabTo } from './steps.ts';

const LAB_2 = 'P@00000001P@lab_02';
const PHISHING_RESISTANT = 'urn:single-entry:acr:phishing-resistant';
const LOOKS: (ContextOptions & { tag: string })[] = [
  { tag: 'zh-TW-wide', locale: 'zh-TW', viewport: WIDE },
  { tag: 'en-narrow', locale: 'en', viewport: { width: 360, height: 740 } },
];
const REQUEST = /\/account\/sign-in-requests\/[0-9a-f-]{36}$/;

/* A client asks without a browser; its person answers in the portal, by the keyboard alone. */
describe.each(LOOKS)('CIBA §8, by keyboard alone, $tag', (look) => {
  let world: CibaWorld;
  let browser: Browser;
  let page: Page;
  const faults: unknown[] = [];
  beforeAll(async () => {
    [world, browser] = await Promise.all([startCibaWorld({ replicas: 1 }), launchBrowser()]);
    page = await (await newContext(browser, look)).newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    await addAuthenticator(page);
    await page.goto(`${world.issuer}/sign-in?return_to=/account/security/passkey`);
    await type('#account', 'demo.nurse');
    await type('#password', DEMO_PASSWORD);
    await type('#captcha', FIXED_CAPTCHA);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/account/security/passkey');
    await type('#name', '筆電');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/account/security?done=added');
  });
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });
  afterEach(() => expect(faults.splice(0)).toEqual([]));

  async function type(field: string, text: string): Promise<void> {
    await page.waitForSelector('html[data-scripts=ready]');
    await tabTo(page, field);
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type(text);
  }
  /** Reaches a link or button, presses it, waits for where it leads, and looks for what is wrong there. */
  async function press(target: string, leadsTo: string | RegExp, name?: string): Promise<void> {
    await page.waitForSelector('html[data-scripts=ready]');
    await tabTo(page, target);
    await Promise.all([page.waitForURL(leadsTo), page.keyboard.press('Enter')]);
    await page.waitForSelector('html[data-scripts=ready]');
    faults.push(...(await findViolations(page)));
    const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    if (over > 0) faults.push({ url: page.url(), over });
    if (name !== undefined) await screenshot(page, `ciba-${name}-${look.tag}`);
  }
  const mainText = async (): Promise<string> => (await page.textContent('main')) ?? '';

  it('from the portal’s note to the list, the request, and its approval for one of several accounts', async () => {
    const asked = await world.ask({ binding_message: 'W4SCT-7', scope: 'openid profile subsystem_account' });
    await page.goto(`${world.issuer}/`);
    await press('a[href="/account/sign-in-requests"]', '**/account/sign-in-requests', 'list');
    expect(await mainText()).toContain('W4SCT-7');
    await press('main a[href^="/account/sign-in-requests/"]', REQUEST, 'request');
    await press('button[value=approve]', '**/approval', 'not-chosen');
    expect(await page.getAttribute('#account', 'aria-invalid')).toBe('true');
    await tabTo(page, '#account');
    for (let tries = 0; tries < 5 && (await page.inputValue('#account')) !== LAB_2; tries += 1)
      await page.keyboard.press('ArrowDown');
    await press('button[value=approve]', REQUEST, 'approved');
    const { body } = await world.fetchTokens(asked.auth_req_id);
    expect(decodeJwt(String(body['id_token']))).toMatchObject({ subsystem_account: { id: LAB_2 } });
  });

  it('from the message to a refusal', async () => {
    const asked = await world.ask();
    await page.goto(`${world.issuer}/account/messages`);
    await press('main a[href^="/account/messages/"]', /\/account\/messages\/[\w-]+$/);
    await press('main a[href^="/account/sign-in-requests/"]', REQUEST);
    await press('button[value=refuse]', REQUEST, 'refused');
    expect((await world.fetchTokens(asked.auth_req_id)).body).toMatchObject({ error: 'access_denied' });
    await page.goto(`${world.issuer}/account/sign-in-requests`);
    expect(await page.locator('main .empty').count()).toBe(1);
  });

  it('by passkey where the client asks for one: no password takes its place, and acr says so', async () => {
    const asked = await world.ask({ acr_values: PHISHING_RESISTANT, account: LAB_2 });
    await page.goto(`${world.issuer}/account/sign-in-requests`);
    await press('main a[href^="/account/sign-in-requests/"]', REQUEST, 'wants-passkey');
    expect(await page.locator('button[value=approve]').count()).toBe(0);
    await press('main .actions a.button', '**/interaction/**', 'passkey');
    await press('[data-passkey] button, button[data-passkey]', REQUEST, 'after-passkey');
    await press('button[value=approve]', REQUEST);
    const { body } = await world.fetchTokens(asked.auth_req_id);
    expect(decodeJwt(String(body['id_token']))).toMatchObject({
      acr: PHISHING_RESISTANT,
      subsystem_account: { id: LAB_2 },
    });
  });
});
