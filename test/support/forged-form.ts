import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import type { IdpWorld } from './idp-world.ts';
import { FIXED_CAPTCHA, type Journey, signIn } from './journey.ts';
import { FORM, type RawAnswer, rawRequest } from './raw-http.ts';
import { browserOf } from './relying-party.ts';

export interface Forgery {
  /** '' sends no Origin at all. */
  origin?: string;
  /** Instead of this browser's own. */
  cookie?: string;
  method?: string;
  type?: string;
}

/** A form as nobody's page has it, sent with this browser's cookies, which keeps what it is given; no redirect is followed. */
export async function forgeForm(
  world: IdpWorld,
  browser: Journey,
  path: string,
  fields: Record<string, string> | URLSearchParams,
  forgery: Forgery = {},
): Promise<RawAnswer> {
  const { origin = world.issuer, method = 'POST', type = FORM['content-type'] } = forgery;
  const cookie = forgery.cookie ?? browser.jar.header(new URL(path.replace('%00', ''), world.issuer));
  const headers = { 'content-type': type, cookie, ...(origin !== '' && { origin }) };
  const body = new URLSearchParams(fields).toString();
  const answer = await rawRequest(world.issuer, method, path, { headers, ...(method !== 'GET' && { body }) });
  if (forgery.cookie === undefined)
    browser.jar.store(new URL(world.issuer), answer.headers['set-cookie'] ?? []);
  return answer;
}

/** The right answers to the sign-in page. */
export function credentialsOf(account: string): Record<string, string> {
  return { account, password: DEMO_PASSWORD, captcha: FIXED_CAPTCHA };
}

/** A browser that is signed in at the portal. */
export async function portalOf(world: IdpWorld, loginName: string): Promise<Journey> {
  const browser = browserOf(world);
  await browser.open(`${world.issuer}/sign-in`);
  await signIn(browser, loginName);
  return browser;
}
