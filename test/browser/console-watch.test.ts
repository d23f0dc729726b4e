import type { Browser } from 'playwright-core';
import { runReviews } from '#idp/account-review/index.ts';
import { recordAudit } from '#idp/audit/index.ts';
import { createClientRegistry } from '#idp/subsystems/index.ts';
import { watchAudit } from '#idp/watch/index.ts';
import { systemClock } from '#kit/clock.ts';
import { createKeyring } from '#kit/keyring.ts';
import {
  type ContextOptions,
  WIDE,
  findViolations,
  launchBrowser,
  newContext,
  screenshot,
} from '../support/browser.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';

let world: IdpWorld;
let browser: Browser;
let ops: Journey;
beforeAll(async () => {
  [world, browser] = await Promise.all([startIdpWorld(), launchBrowser()]);
  ops = await portalOf(world, 'demo.ops');
  const { db } = world.database;
  const keyring = createKeyring(world.env['IDP_MASTER_KEYS'] ?? '');
  const config = { issuer: world.issuer, watch: { mailTo: [] } };
  const { id: accountId } = await db
    .selectFrom('account')
    .select('id')
    .where('login_name', '=', 'demo.manager')
    .executeTakeFirstOrThrow();
  for (let nr = 0; nr < 12; nr += 1) await recordAudit(db, { type: 'list.exported', accountId });
  await watchAudit({ db, keyring, config });
  await runReviews({ db, keyring, clock: systemClock, registry: await createClientRegistry(db), config });
  const known = new Date(Date.now() + 6 * 3_600_000).toISOString().slice(0, 16);
  await forgeForm(world, ops, '/console/breaches', {
    ...{ name: '名單誤寄', kind: 'leak', level: '3', known, occurred: '', unit: '', persons: '20' },
    description: '承辦人將名單寄錯收件者，已請對方刪除。',
  });
  await forgeForm(world, ops, '/console/addresses', {
    role: 'hpa_admin',
    network: '203.0.113.0/24',
    note: '署內',
  });
  await forgeForm(world, ops, '/console/audit-verifications', { from: '', to: '' });
});
afterAll(async () => {
  await browser.close();
  await world.stop();
});

const LOOKS: (ContextOptions & { tag: string })[] = [
  { tag: 'wide', locale: 'zh-TW', viewport: WIDE },
  { tag: 'narrow', locale: 'en', viewport: { width: 360, height: 740 }, colorScheme: 'dark' },
];

test.each(LOOKS)(
  'every page of audit and watch is accessible and fits: $tag',
  async (look) => {
    const context = await newContext(browser, look);
    await context.addCookies(
      ops.jar
        .header(new URL(world.issuer))
        .split('; ')
        .map((cookie) => {
          const at = cookie.indexOf('=');
          return { name: cookie.slice(0, at), value: cookie.slice(at + 1), url: world.issuer };
        }),
    );
    const page = await context.newPage();
    const links = async (path: string, pattern: RegExp): Promise<string> => {
      await page.goto(`${world.issuer}${path}`);
      return pattern.exec(await page.content())?.[0] ?? path;
    };
    const paths = [
      ...['/console', '/console/audit', '/console/audit-seals', '/console/audit-verifications'],
      await links('/console/audit', /\/console\/audit\/\d+/),
      await links('/console/audit-verifications', /\/console\/audit-verifications\/[0-9a-f-]{36}/),
      ...['/console/alerts', await links('/console/alerts', /\/console\/alerts\/\d+/)],
      ...['/console/alert-rules', '/console/alert-rules/night_queries'],
      ...[
        '/console/breaches',
        '/console/breaches/new',
        await links('/console/breaches', /\/console\/breaches\/\d+/),
      ],
      ...[
        '/console/addresses',
        '/console/addresses/new',
        await links('/console/addresses', /\/console\/addresses\/\d+/),
      ],
      ...['/console/account-reviews', '/console/account-reviews/progress'],
    ];
    const faults: unknown[] = [];
    for (const path of paths) {
      await page.goto(`${world.issuer}${path}?lang=${look.locale}`);
      await page.waitForSelector('html[data-scripts=ready]');
      for (const violation of await findViolations(page)) faults.push({ path, ...violation });
      const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      if (over > 0) faults.push({ path, over });
      await screenshot(page, `watch${path.replaceAll(/[^a-z-]+/g, '-')}-${look.tag}`);
    }
    expect(faults).toEqual([]);
    await context.close();
  },
  120_000,
);
