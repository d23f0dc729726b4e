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
  /** By that address, or the form of the page it is at; says yes where it is asked. */
  signOut(by: { address: string } | { form: string }): Promise<void>;
  close(): Promise<void>;
}

const isYes = ({ name, value }: { name: string; value: string }): boolean =>
  name === 'logout' && value === 'yes';

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
    async signOut(by) {
      if ('address' in by) await journey.open(by.address);
      else await journey.submit(({ action }) => action === by.form);
      await journey.submit(({ buttons }) => buttons.some(isYes), {}, isYes);
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
    async signOut(by) {
      const asksAgain = page.waitForURL((at) => at.pathname.startsWith('/interaction/'));
      if ('address' in by) await page.goto(by.address);
      else await page.locator(`form[action="${by.form}"] button`).click();
      await asksAgain; // what the client proves to be its own sign-out is not asked about
    },
    close: () => browser.close(),
  };
}
