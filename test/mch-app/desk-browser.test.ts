import type { Browser, BrowserContext, Page } from 'playwright-core';
import { findViolations, launchBrowser, newContext, putTodosAway } from '../support/browser.ts';
import { type Mch, startMch } from './support/mch.ts';
import { AGENCY, SPECIMENS } from './support/people.ts';

/* The pop-up, the search for functions and the wide window by keyboard alone. */

let browser: Browser;
let mch: Mch;
beforeAll(async () => {
  [browser, mch] = await Promise.all([launchBrowser(), startMch()]);
});
afterAll(async () => {
  await browser.close();
  await mch.stop();
});

async function opened(context: BrowserContext, path: string): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(mch.origin + path);
  return page;
}

it('M-06: the to-dos open after signing in, take the focus, and close by Escape or their button', async () => {
  for (const key of ['Escape', 'Enter']) {
    await using context = await newContext(browser);
    const page = await opened(context, '/');
    const dialog = page.locator('[data-todo-dialog]:modal');
    await dialog.waitFor();
    expect(await findViolations(page)).toEqual([]);
    expect(await page.locator(':focus').textContent()).toContain('關閉');
    await page.keyboard.press(key);
    await dialog.waitFor({ state: 'hidden' });
    await page.reload();
    await page.waitForSelector('html[data-scripts=ready]');
    expect(await page.locator('[data-todo-dialog]').count()).toBe(0);
  }
});

it('M-06: they open before anything after them can be typed in, whatever else is still on its way', async () => {
  await using context = await newContext(browser);
  await context.route('**/app.js', () => {}); // never answered
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(`${mch.origin}${SPECIMENS}/new`, { waitUntil: 'commit' });
  await page.locator('#form').waitFor({ state: 'attached' });
  expect(await page.locator('[data-todo-dialog]:modal').count()).toBe(1);
  await page.keyboard.press('Escape');
  await page.locator('[data-todo-dialog]').waitFor({ state: 'hidden' });
});

it('M-06: they never come over what is being typed; a link leads to them by keyboard', async () => {
  await using context = await newContext(browser);
  const held = Promise.withResolvers<undefined>();
  await context.route('**/todo-dialog.js', async (route) => {
    await held.promise;
    await route.continue();
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(mch.origin, { waitUntil: 'commit' });
  const box = page.getByRole('searchbox', { name: '搜尋功能' });
  await box.focus();
  await page.keyboard.type('GB');
  held.resolve(undefined);
  await page.waitForSelector('html[data-scripts=ready]');
  expect(await page.locator('[data-todo-dialog]:modal').count()).toBe(0);
  await page.keyboard.type('S');
  expect(await page.locator(':focus').inputValue()).toBe('GBS');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: '待辦事項' }).first().focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(`${mch.origin}/common/todo`);
});

it('M-06: without scripts they stand in the page, and close', async () => {
  await using context = await newContext(browser, { javaScript: false });
  const page = await opened(context, SPECIMENS);
  await page.getByRole('heading', { name: '待辦事項' }).waitFor();
  await page.getByRole('button', { name: '關閉' }).click();
  await page.getByRole('heading', { name: '待辦事項' }).waitFor({ state: 'hidden' });
  expect(new URL(page.url()).pathname).toBe(SPECIMENS);
});

it('finds a function by typing, arrows and Enter; Escape closes the list; without scripts a page lists', async () => {
  await using context = await newContext(browser);
  const page = await opened(context, '/');
  await putTodosAway(page);
  const box = page.getByRole('combobox', { name: '搜尋功能' });
  await box.focus();
  await page.keyboard.type('採檢');
  await page.getByRole('option').first().waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  expect(await page.getByRole('option').count()).toBe(0);
  await page.keyboard.type(' ');
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(mch.origin + SPECIMENS);

  await using plain = await newContext(browser, { javaScript: false });
  const bare = await opened(plain, '/');
  await bare.getByRole('searchbox', { name: '搜尋功能' }).fill('採檢');
  await bare.keyboard.press('Enter');
  await bare.getByRole('link', { name: '採檢登錄' }).first().click();
  await bare.waitForURL(mch.origin + SPECIMENS);
});

it('M-11: the window grows and shrinks by its button and by a click on the title bar, and stays so', async () => {
  await using context = await newContext(browser);
  const page = await opened(context, SPECIMENS);
  await putTodosAway(page);
  const menu = page.locator('.side');
  const kept = () => page.waitForResponse((answer) => answer.url().endsWith('/preferences/window'));
  const button = page.getByRole('button', { name: '放大工作視窗' });
  await button.focus();
  await Promise.all([kept(), page.keyboard.press('Enter')]);
  await menu.waitFor({ state: 'hidden' });
  await page.reload();
  await page.waitForSelector('html[data-scripts=ready]');
  expect(await menu.isVisible()).toBe(false);
  expect(await findViolations(page)).toEqual([]);
  await Promise.all([kept(), page.locator('.title-bar').click({ position: { x: 500, y: 10 } })]);
  await menu.waitFor();
  await page.getByRole('button', { name: '放大工作視窗' }).waitFor();
});

it('tells how long one has been idle', async () => {
  await using context = await newContext(browser);
  const page = await opened(context, '/');
  await page.getByText('已閒置：0 分鐘').waitFor();
});

it('SM-15, M-01: written and published without scripts, by the keyboard; the marquee stands still and is turned by hand', async () => {
  const { accounts, acting, sub } = mch.op;
  Object.assign(mch.op, { accounts: [AGENCY], acting: AGENCY.id, sub: 'sub-editor' });
  await using plain = await newContext(browser, { javaScript: false });
  const bare = await opened(plain, '/admin/content');
  for (const title of ['第一則公告', '第二則公告']) {
    await bare.getByRole('link', { name: '新增公告' }).focus();
    await bare.keyboard.press('Enter');
    await bare.getByLabel('標題（中文）').fill(title);
    await bare.getByLabel('內容（中文）').fill('第一段\n\n- 項目');
    await bare.getByLabel('放進首頁跑馬燈').press('Space');
    await bare.getByRole('button', { name: '預覽' }).press('Enter');
    await bare.getByRole('listitem').filter({ hasText: '項目' }).waitFor();
    expect(await bare.getByLabel('標題（中文）').inputValue()).toBe(title);
    await bare.getByRole('button', { name: '發布' }).press('Enter');
    await bare.getByRole('status').filter({ hasText: '已發布' }).waitFor();
    await bare.getByRole('link', { name: '取消' }).click();
  }
  await bare.goto(`${mch.origin}/`);
  const lines = (page: Page) => page.locator('[data-notices] li:visible').allTextContents();
  expect((await lines(bare)).toSorted()).toEqual(['第一則公告', '第二則公告']);

  await using context = await newContext(browser);
  const page = await opened(context, '/');
  await putTodosAway(page);
  const [before, ...others] = await lines(page);
  expect(others).toEqual([]);
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('button', { name: '下一則' }).press('Enter');
  const [now] = await lines(page);
  expect(new Set([before, now])).toEqual(new Set(['第一則公告', '第二則公告']));
  expect(await page.evaluate('document.getAnimations().length')).toBe(0);
  Object.assign(mch.op, { accounts, acting, sub });
});
