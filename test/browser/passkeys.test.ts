import type { Browser } from 'playwright-core';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import { findViolations, launchBrowser, newContext } from '../support/browser.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';
import { addAuthenticator } from '../support/virtual-authenticator.ts';

let world: IdpWorld;
let browser: Browser;
beforeAll(async () => {
  [world, browser] = await Promise.all([startIdpWorld(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await world.stop();
});

test('D19: a passkey is added on the security page and signs in with one press', async () => {
  const context = await newContext(browser, { locale: 'en' });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await addAuthenticator(page);
  await page.goto(`${world.issuer}/sign-in?return_to=/account/security/passkey`);
  await page.fill('#account', 'demo.nurse');
  await page.fill('#password', DEMO_PASSWORD);
  await page.fill('#captcha', FIXED_CAPTCHA);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/account/security/passkey');
  await page.waitForSelector('html[data-scripts=ready]');
  expect(await findViolations(page)).toEqual([]);
  await page.fill('#name', 'Work laptop');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.waitForURL('**/account/security?done=added');
  expect(await page.textContent('main')).toContain('Work laptop');
  expect(await findViolations(page)).toEqual([]);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.goto(`${world.issuer}/sign-in`);
  await page.waitForSelector('html[data-scripts=ready]');
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.waitForURL(`${world.issuer}/`);
  expect(await page.textContent('.top-person')).toContain('王示範');
  expect(complaints).toEqual([]);
  await context.close();
});
