import { generateSync } from 'otplib';
import type { BrowserContext, Page } from 'playwright-core';
import { people } from '#db/idp/seed/world.ts';
import { eventually } from '../support/eventually.ts';

/** Codes of a demo person's app, each not used at that place before. */
export function codesOf(person: string): (origin: string) => string {
  const secret = people.find(({ loginName }) => loginName === person)?.totpSecret ?? '';
  const lastSteps = new Map<string, number>();
  return (origin) => {
    const now = Math.floor(Date.now() / 30_000);
    const step = Math.max(now - 1, (lastSteps.get(origin) ?? 0) + 1);
    lastSteps.set(origin, step);
    return generateSync({ secret, epoch: step * 30 });
  };
}

/** Counts what is pressed in a browser from now on, by mouse or key, on whatever site. */
export async function countPresses(context: BrowserContext): Promise<() => number> {
  let pressed = 0;
  await context.exposeBinding('countPress', () => (pressed += 1));
  await context.addInitScript(
    `addEventListener('click', ({ isTrusted }) => { if (isTrusted) countPress() }, { capture: true })`,
  );
  return () => pressed;
}

/** MCH says that the sign-in is over, and asks for a new one at the single entry. */
export async function expectAskedAgain(page: Page, issuer: string): Promise<void> {
  await eventually(async () => {
    await page.reload();
    expect(page.url()).toMatch(/\/signed-out\?reason=ended/);
  }, 10_000);
  await page.locator('main a.button').first().press('Enter');
  await page.locator('[name=captcha]').waitFor();
  expect(new URL(page.url()).origin).toBe(issuer);
}
