import type { Browser } from 'playwright-core';
import { launchBrowser, newContext } from '../support/browser.ts';
import { type HcaWorld, startHca } from '../support/hca.ts';
import { cardSettingsOf } from '../support/hca-settings.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { applyUpToCard, typePin } from './card-steps.ts';

/* SM-02: the second component, which speaks through a window of its own. */

describe('HiPKI', () => {
  let hca: HcaWorld;
  let settings: ReturnType<typeof cardSettingsOf>;
  let world: IdpWorld;
  let browser: Browser;
  beforeAll(async () => {
    hca = await startHca(() => new Date());
    settings = cardSettingsOf(hca);
    [world, browser] = await Promise.all([startIdpWorld({ env: settings.env }), launchBrowser()]);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await Promise.all([world.stop(), hca.close()]);
    settings.remove();
  });

  test('SM-02: HiPKI: its own window is told what to sign, and answers with a CMS message', async () => {
    const context = await newContext(browser);
    const page = await context.newPage();
    const card = await hca.institution('9876543210');
    const asked: Record<string, string>[] = [];
    await context.exposeFunction('signByCard', async (text: string) => {
      const request = JSON.parse(text) as Record<string, string>;
      asked.push(request);
      if (request['pin'] !== '123456') return JSON.stringify({ func: 'sign', ret_code: 1, last_error: 9039 });
      const message = Buffer.from(decodeURIComponent(request['tbs'] ?? ''), 'base64');
      const cms = await card.cms(message, { cardNo: 'HOP0001' });
      return JSON.stringify({ func: 'sign', ret_code: 0, signature: cms.toString('base64') });
    });
    await context.route('http://localhost:61161/popupForm', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<script>
          addEventListener('message', async (event) => opener.postMessage(await signByCard(event.data), event.origin));
          opener.postMessage(JSON.stringify({ func: 'getTbs' }), '*');
        </script>`,
      }),
    );
    await applyUpToCard(world, page, 'hipki', 'zh-TW', '9876543210');
    await page.check('[name="bridge"][value="hipki"]');
    await typePin(page, '654321');
    await page.locator('#pin-error:not([hidden])').waitFor();
    expect(await page.locator('#pin-error').textContent()).toContain('PIN 碼不正確');
    await Promise.all([page.waitForNavigation(), typePin(page, '123456')]);
    await page.waitForURL('**/enrollment-progress');
    expect(
      (
        await world.database.db
          .selectFrom('enrollment')
          .select('status')
          .where('login_name', '=', 'card.hipki')
          .executeTakeFirstOrThrow()
      ).status,
    ).toBe('active');
    expect(asked.at(-1)).toMatchObject({
      func: 'MakeSignature',
      signatureType: 'PKCS7',
      hashAlgorithm: 'SHA256',
    });
    const kept = await world.database.db
      .selectFrom('enrollment_card')
      .selectAll()
      .where('card_no', '=', 'HOP0001')
      .execute();
    expect(kept).toMatchObject([{ serial: card.serial, unit_code: '9876543210' }]);
    await context.close();
  }, 90_000);
});
