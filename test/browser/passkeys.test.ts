import type { Browser, Page } from 'playwright-core';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import { findViolations, launchBrowser, newContext } from '../support/browser.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';

let world: IdpWorld;
let browser: Browser;
beforeAll(async () => {
  [world, browser] = await Promise.all([startIdpWorld(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await world.stop();
});

/** A device whose owner is there and shows it. */
async function addAuthenticator(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

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
