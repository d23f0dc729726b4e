import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import type { Page } from 'playwright-core';
import type { Locale } from '#kit/http/locale.ts';
import { findViolations, screenshot } from '../support/browser.ts';
import type { IdpWorld } from '../support/idp-world.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';
import { confirmationLink, tabTo } from './steps.ts';

export const PASSWORD = 'Sturdy*Boat7Lamp';

/** Everything before the card, as somebody with a keyboard does it; sent, confirmed, at the card's page. */
export async function applyUpToCard(
  world: IdpWorld,
  page: Page,
  who: string,
  locale: Locale,
  unit: string,
): Promise<void> {
  const email = `${who}@hospital.example`;
  const enter = async (selector: string): Promise<void> => {
    await tabTo(page, selector);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  };
  await page.goto(`${world.issuer}/enrollment/unit?q=${unit}&lang=${locale}`);
  await page.locator('html[data-scripts="ready"]').waitFor();
  await tabTo(page, '[name="unit"]');
  await page.keyboard.press('Space');
  await enter('#form button');
  await page.locator('html[data-scripts="ready"]').waitFor();
  await tabTo(page, '[name="role"]');
  await page.keyboard.press('Space');
  await enter('#form button');
  await page.locator('html[data-scripts="ready"]').waitFor();
  const values = {
    login_name: `card.${who}`,
    new_password: PASSWORD,
    repeat_password: PASSWORD,
    national_id: syntheticNationalId('F', 2, who.length),
    name: 'Sample',
    title: 'Chief',
    phone: '02-12345678#1234',
    mobile: '0912-345678',
    email,
  };
  for (const [field, value] of Object.entries(values)) {
    await tabTo(page, `#${field}`);
    await page.keyboard.type(value);
  }
  await enter('#form > .actions button');
  await enter('#form > .actions button');
  await tabTo(page, '#captcha');
  await page.keyboard.type(FIXED_CAPTCHA);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  await page.goto(await confirmationLink(world, email));
  await enter('.flow-panel button');
  await look(page, `${who}-confirmed`);
  await enter('.flow-panel a.button');
  expect(new URL(page.url()).pathname).toBe('/enrollment-progress/card');
  await page.locator('html[data-scripts="ready"]').waitFor();
}

export async function look(page: Page, name: string): Promise<void> {
  await page.waitForLoadState();
  await screenshot(page, `hca-${name}`);
  expect(await findViolations(page)).toEqual([]);
  const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
  expect(over).toBeLessThanOrEqual(0);
}

export async function typePin(page: Page, pin: string): Promise<void> {
  await tabTo(page, '#pin');
  await page.keyboard.type(pin);
  await page.keyboard.press('Enter');
}
