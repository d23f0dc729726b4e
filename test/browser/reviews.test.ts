import { eventually } from '../support/eventually.ts';
import { crc32, deflateSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import {
  type ContextOptions,
  WIDE,
  findViolations,
  launchBrowser,
  newContext,
  screenshot,
} from '../support/browser.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { STATION, addApplication, addPerson, addRequest, servicesOf } from '../support/review-world.ts';

/* A manager's morning: three applications approved and one returned, without touching the mouse. */

const NARROW = { width: 360, height: 740 };
const LOOKS: (ContextOptions & { tag: string })[] = [
  { tag: 'zh-wide', locale: 'zh-TW', viewport: WIDE },
  { tag: 'en-narrow', locale: 'en', viewport: NARROW, colorScheme: 'dark' },
];

let world: IdpWorld;
let browser: Browser;
beforeAll(async () => {
  [world, browser] = await Promise.all([startIdpWorld(), launchBrowser()]);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await world.stop();
});

/** A grey page as a scanner might make it, whole enough to be drawn. */
function scannedPage(): Buffer {
  const [width, height] = [210, 297];
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([size, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.writeUInt8(8, 8);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  const rows = deflateSync(
    Buffer.alloc((width + 1) * height, 0xdd).map((each, at) => (at % (width + 1) === 0 ? 0 : each)),
  );
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

/** A page of somebody who is signed in. */
async function pageOf(loginName: string, look: ContextOptions): Promise<Page> {
  const journey = await portalOf(world, loginName);
  const context = await newContext(browser, look);
  const cookies = journey.jar.header(new URL(world.issuer)).split('; ');
  await context.addCookies(
    cookies.map((cookie) => {
      const [name = '', ...value] = cookie.split('=');
      return { name, value: value.join('='), url: world.issuer };
    }),
  );
  return context.newPage();
}

/** What is wrong with the page as it stands. */
async function faultsOf(page: Page, picture: string): Promise<unknown[]> {
  await page.waitForSelector('html[data-scripts=ready]');
  const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  await screenshot(page, `reviews-${picture}`);
  return [...(await findViolations(page)), ...(over > 0 ? [{ picture, over }] : [])];
}

/** Presses Tab until what has the focus fits. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press('Tab');
    const isThere = await page.evaluate<boolean>(
      `document.activeElement.matches(${JSON.stringify(selector)})`,
    );
    if (isThere) return;
  }
  throw new Error(`Tab never reaches ${selector}`);
}

async function press(page: Page, key: string): Promise<void> {
  await Promise.all([page.waitForEvent('load'), page.keyboard.press(key)]);
  await page.waitForSelector('html[data-scripts=ready]');
}

describe.each(LOOKS)('with the keyboard alone, $tag', (look) => {
  test('P-47: approves three and returns one', async () => {
    const { db } = world.database;
    await db
      .updateTable('enrollment')
      .set({ status: 'withdrawn' })
      .where('status', 'in', ['pending_unit_review', 'pending_paper'])
      .execute();
    const ids = [];
    for (let at = 0; at < 4; at += 1) ids.push((await addApplication(world)).id);
    const page = await pageOf('demo.manager', look);
    const faults: unknown[] = [];
    await page.goto(`${world.issuer}/console`);
    faults.push(...(await faultsOf(page, `home-${look.tag}`)));
    await tabTo(page, 'a.work[href="/console/enrollments"]');
    await press(page, 'Enter');
    faults.push(...(await faultsOf(page, `list-${look.tag}`)));
    await tabTo(page, 'a.row-link');
    await press(page, 'Enter');
    faults.push(...(await faultsOf(page, `detail-${look.tag}`)));
    const first = page.url();
    await press(page, 'j');
    expect(page.url()).not.toBe(first);
    await press(page, 'k');
    expect(page.url()).toBe(first);
    for (let at = 0; at < 3; at += 1) {
      await page.keyboard.press('a');
      await press(page, 'Enter');
      if (at === 0) faults.push(...(await faultsOf(page, `confirm-${look.tag}`)));
      await press(page, 'Enter'); // the answer "yes" has the focus
      expect(page.url()).toContain('done=approve');
    }
    faults.push(...(await faultsOf(page, `approved-${look.tag}`)));
    await page.keyboard.press('r');
    await press(page, 'Enter');
    faults.push(...(await faultsOf(page, `comment-missing-${look.tag}`)));
    await tabTo(page, 'textarea');
    await page.keyboard.type('職稱與單位不符');
    await tabTo(page, '[data-key=return]');
    await press(page, 'Enter');
    await press(page, 'Enter');
    expect(page.url()).toContain('done=return');
    faults.push(...(await faultsOf(page, `done-${look.tag}`)));
    const rows = await db.selectFrom('enrollment').select('status').where('id', 'in', ids).execute();
    expect(rows.map(({ status }) => status).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      ...['active', 'active', 'active', 'returned'],
    ]);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('every other page of reviewing is accessible and fits', async () => {
    const paper = await addApplication(world, {
      ...{ role: 'unit_manager', unit: STATION },
      scan: { bytes: scannedPage(), mediaType: 'image/png' },
    });
    const asker = await addPerson(world, { loginName: `asker.${look.tag.slice(0, 2)}` });
    const request = await addRequest(await servicesOf(world), asker);
    const [manager, hpa] = [await pageOf('demo.manager', look), await pageOf('demo.hpa', look)];
    const faults: unknown[] = [];
    const visits: [Page, string][] = [
      [manager, 'access-requests'],
      [manager, `access-requests/${request}`],
      [manager, 'permission-requests'],
      [manager, 'permission-requests/new'],
      [manager, 'delegations'],
      [manager, 'review-history'],
      [hpa, `enrollments/${paper.id}`],
      [hpa, 'permission-requests'],
    ];
    for (const [at, [page, place]] of visits.entries()) {
      await page.goto(`${world.issuer}/console/${place}`);
      faults.push(...(await faultsOf(page, `${at}-${place.split('/')[0]}-${look.tag}`)));
      if (!place.endsWith(paper.id)) continue;
      await page.locator('.scan-pages img').scrollIntoViewIfNeeded();
      await eventually(async () => {
        expect(await page.evaluate('document.querySelector(".scan-pages img").naturalWidth')).toBe(210);
      });
    }
    expect(faults).toEqual([]);
    await manager.context().close();
    await hpa.context().close();
  });
});
