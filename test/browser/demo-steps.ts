import type { Page } from 'playwright-core';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import { findViolations, putTodosAway } from '../support/browser.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';

/** Her two accounts at MCH, and the unit each works for. */
const UNITS = new Map([
  ['P@00000001P@mbh_01', '9876543210'],
  ['P@00000001P@mbh_02', '2311170010'],
]);

/**
 * A person of the demo signs in, enters MCH by its tile, which is the first, switches to her other account there, and
 * signs out everywhere.
 * @returns the clients that came to the authorization endpoint, without the portal's own
 */
export async function visitDemo(page: Page, { idp, mch }: { idp: string; mch: string }): Promise<string[]> {
  page.setDefaultTimeout(15_000);
  const clients = new Set<string>();
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.pathname === '/oidc/auth') clients.add(url.searchParams.get('client_id') ?? '');
  });
  const arrive = async (account: string): Promise<void> => {
    await page.locator('.unit-head', { hasText: UNITS.get(account) ?? '' }).waitFor();
    await putTodosAway(page);
    expect(await findViolations(page)).toEqual([]);
  };
  await page.goto(`${idp}/sign-in`);
  await page.fill('[name=account]', 'demo.nurse');
  await page.fill('[name=password]', DEMO_PASSWORD);
  await page.fill('[name=captcha]', FIXED_CAPTCHA);
  await page.press('[name=captcha]', 'Enter');
  await page.waitForURL(`${idp}/`);

  const tile = page.locator('form[action$="/entry"]').first();
  const account = decodeURIComponent((await tile.getAttribute('action'))?.split('/')[2] ?? '');
  expect([...UNITS.keys()]).toContain(account); // of the two the one that was used last
  await tile.locator('button[type=submit]').first().click();
  await page.waitForURL(`${mch}/**`);
  await arrive(account);

  const other = [...UNITS.keys()].find((id) => id !== account) ?? '';
  await page.locator('.acting > summary').click();
  await page.locator(`form:has(input[value="${other}"]) button`).click();
  await arrive(other);

  await page.goto(`${mch}/sign-out`);
  await page.locator('button[name=scope][value=everywhere]').click();
  await page.waitForURL(`${mch}/signed-out**`);
  await page.goto(idp);
  expect(await page.locator('.hero-act a').count()).toBe(1);
  await page.goto(mch);
  expect(await page.locator('.acting').count()).toBe(0);
  return [...clients].filter((id) => id !== 'portal');
}
