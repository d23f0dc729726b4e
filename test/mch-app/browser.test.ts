import type { Browser, BrowserContext, Page } from 'playwright-core';
import { findViolations, launchBrowser, newContext, putTodosAway } from '../support/browser.ts';
import { HOSPITAL, type Mch, startMch } from './support/mch.ts';

/* What scripts add: the quiet time runs out before one's eyes, tabs never lie. And what works without them. */

let browser: Browser;
let mch: Mch;
let complaints: string[];
beforeAll(async () => {
  browser = await launchBrowser();
  mch = await startMch({ MCH_IDLE_SECONDS: '6', MCH_IDLE_WARNING_SECONDS: '4' });
});
afterAll(async () => {
  await browser.close();
  await mch.stop();
});
beforeEach(() => {
  mch.op.acting = HOSPITAL.id;
});

async function signedIn(context: BrowserContext, path = '/', hasScripts = true): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(mch.origin + path);
  if (hasScripts) await putTodosAway(page);
  return page;
}

const chip = (page: Page) => page.locator('[data-acting] > summary');

it('warns before the quiet time ends, and goes on when answered by one key', async () => {
  await using context = await newContext(browser);
  const page = await signedIn(context);
  const dialog = page.locator('[data-idle-dialog]');
  await dialog.waitFor({ state: 'visible' });
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'hidden' });
  await page.waitForTimeout(4000);
  expect(new URL(page.url()).pathname).toBe('/');
  expect(complaints).toEqual([]);
});

it('ends at the limit, says why, and leads back to the place', async () => {
  await using context = await newContext(browser);
  const page = await signedIn(context, '/maternal/gbs');
  await page.waitForURL('**/signed-out?*', { timeout: 12_000 });
  expect(new URL(page.url()).searchParams.get('reason')).toBe('idle');
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('link', { name: '重新登入' }).click();
  await page.waitForURL('**/maternal/gbs');
});

it('greys a tab left under another account, and lets it go on as the new one', async () => {
  await using context = await newContext(browser);
  const left = await signedIn(context);
  const other = await signedIn(context);
  await chip(other).click();
  await other.getByRole('button', { name: '衛生所' }).click();
  await chip(other).filter({ hasText: '示範衛生所' }).waitFor();

  const dialog = left.locator('[data-stale-dialog]');
  await dialog.waitFor({ state: 'visible' });
  await dialog.getByRole('button').click();
  await chip(left).filter({ hasText: '示範衛生所' }).waitFor();
  expect(await left.title()).toMatch(/^衛生所 · /);
  expect(complaints).toEqual([]);
});

it('switches, refuses a stale form and signs out without scripts', async () => {
  await using context = await newContext(browser, { javaScript: false, locale: 'en' });
  const left = await signedIn(context, '/maternal/gbs', false);
  const other = await signedIn(context, '/', false);
  await chip(other).click();
  await other.getByRole('button', { name: '衛生所' }).click();
  await other.waitForURL(`${mch.origin}/`);

  await chip(left).click();
  await left.getByRole('button', { name: '衛生所' }).click();
  await left.getByRole('heading', { name: 'You have switched accounts' }).waitFor();
  await left.getByRole('link', { name: 'Continue as' }).click();
  await left.waitForURL(`${mch.origin}/`); // the new account has nothing on the former page

  await left.getByRole('link', { name: 'Sign out' }).click();
  await left.getByRole('button', { name: /^Only leave/ }).click();
  await left.waitForURL('**/signed-out?reason=here');
});

it.each(['/', '/maternal/gbs', '/maternal/high-risk', '/sign-out', '/nowhere'])(
  'is accessible at %s',
  async (path) => {
    await using context = await newContext(browser);
    const page = await signedIn(context, '/');
    await page.goto(mch.origin + path);
    expect(await findViolations(page)).toEqual([]);
  },
);
