import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import { launchBrowser, newContext } from '../support/browser.ts';
import { FIXED_CAPTCHA, createJourney, signIn } from '../support/journey.ts';
import { USER_ACCOUNTS } from './subsystem.ts';

/** Somebody who visits a client, signed in as demo.nurse with the first account. */
export interface Visitor {
  signIn(url: string): Promise<void>;
  /** @returns the page's HTML */
  open(url: string): Promise<string>;
  /** Presses the button of this value in the form of this action. */
  press(action: string, value: string): Promise<void>;
  close(): Promise<void>;
}

/** Over plain HTTP. */
export function withoutScripts(): Visitor {
  const journey = createJourney();
  return {
    async signIn(url) {
      await journey.open(url);
      await signIn(journey, 'demo.nurse', { account: USER_ACCOUNTS[0] });
    },
    open: async (url) => (await journey.open(url)).html,
    async press(action, value) {
      await journey.submit(
        (form) => form.action === action,
        {},
        (button) => button.value === value,
      );
    },
    close: () => Promise.resolve(),
  };
}

export async function inChromium(): Promise<Visitor> {
  const browser = await launchBrowser();
  const page = await (await newContext(browser)).newPage();
  return {
    async signIn(url) {
      await page.goto(url);
      await page.locator('[name=account]').fill('demo.nurse');
      await page.locator('[name=password]').fill(DEMO_PASSWORD);
      await page.locator('[name=captcha]').fill(FIXED_CAPTCHA);
      await page.keyboard.press('Enter');
      await page.locator(`button[value="${USER_ACCOUNTS[0]}"]`).click();
      await page.waitForURL((at) => at.origin === new URL(url).origin);
    },
    async open(url) {
      await page.goto(url);
      return page.content();
    },
    press: (action, value) => page.locator(`form[action="${action}"] button[value="${value}"]`).click(),
    close: () => browser.close(),
  };
}
