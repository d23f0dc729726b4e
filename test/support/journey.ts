import { setTimeout as sleep } from 'node:timers/promises';
import { generateSync } from 'otplib';
import { DEMO_PASSWORD, people } from '#db/idp/seed/world.ts';
import { createCookieJar } from './cookie-jar.ts';
import { type PageForm, readForms, readText } from './html.ts';

export const FIXED_CAPTCHA = '24680';
const MAX_REDIRECTS = 20;

export interface Page {
  url: URL;
  status: number;
  headers: Headers;
  html: string;
  text: string;
  forms: PageForm[];
}

export interface JourneyOptions {
  locale?: 'zh-TW' | 'en';
  /** Sends requests for an origin to another one: to a second replica behind the same issuer. */
  via?: Record<string, string>;
  /** Stops before this origin is asked: a relying party that exists only in the test. */
  stopAt?: string;
  /** Another journey's cookies: a second tab of the same browser. */
  jar?: ReturnType<typeof createCookieJar>;
}

/** A browser without scripts, over plain HTTP: cookies, redirects and forms. */
export function createJourney(options: JourneyOptions = {}) {
  const jar = options.jar ?? createCookieJar();
  let page: Page | undefined;
  let stopsBefore = (url: URL): boolean => url.origin === options.stopAt;

  async function once(url: URL, form?: URLSearchParams): Promise<Response> {
    const target = new URL(url.pathname + url.search, options.via?.[url.origin] ?? url.origin);
    const response = await fetch(target, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        'accept-language': options.locale ?? 'zh-TW',
        cookie: jar.header(url),
        ...(form && {
          'content-type': 'application/x-www-form-urlencoded',
          origin: page?.url.origin ?? url.origin,
        }),
      },
      ...(form && { body: form.toString() }),
    });
    jar.store(url, response.headers.getSetCookie());
    return response;
  }

  async function go(start: URL, form?: URLSearchParams): Promise<Page> {
    let url = start;
    let response = await once(url, form);
    for (let hops = 0; ; hops += 1) {
      const location = response.headers.get('location');
      if (location === null || response.status < 300 || response.status > 399) break;
      if (hops === MAX_REDIRECTS) throw new Error(`too many redirects, last to ${url.href}`);
      await response.body?.cancel();
      url = new URL(location, url);
      if (stopsBefore(url)) {
        page = { url, status: 0, headers: response.headers, html: '', text: '', forms: [] };
        return page;
      }
      response = await once(url);
    }
    const html = await response.text();
    const { status, headers } = response;
    page = { url, status, headers, html, text: readText(html), forms: readForms(html) };
    return page;
  }

  /** Presses a button of the page: its form is sent with `fields` filled in. */
  function submit(
    match: (form: PageForm) => boolean,
    fields: Record<string, string> = {},
    button?: (candidate: PageForm['buttons'][number]) => boolean,
  ): Promise<Page> {
    const form = page?.forms.find(match);
    if (!page || !form) throw new Error(`no such form on ${page?.url.href}: ${page?.text.slice(0, 300)}`);
    const pressed = button ? form.buttons.find(button) : undefined;
    if (button && !pressed) throw new Error(`no such button on ${page.url.href}`);
    const values = new URLSearchParams({ ...form.fields, ...fields });
    if (pressed?.name) values.set(pressed.name, pressed.value);
    const target = new URL(pressed?.formAction ?? form.action, page.url);
    if (form.method === 'post') return go(target, values);
    target.search = values.toString();
    return go(target);
  }

  return {
    jar,
    open: (url: string) => go(new URL(url)),
    submit,
    page: () => page,
    /** From now on a redirect to such an address is not followed. */
    stopBefore(match: (url: URL) => boolean): void {
      stopsBefore = match;
    },
  };
}

export type Journey = ReturnType<typeof createJourney>;

export interface SignInOptions {
  password?: string;
  /** The subsystem account to choose when asked; without it the first one. */
  account?: string;
}

/**
 * Goes through the single entry's pages from wherever the journey stands until none of them asks for anything
 * more: account, password and captcha, second factor, account choice.
 */
export async function signIn(
  journey: Journey,
  loginName: string,
  options: SignInOptions = {},
): Promise<Page> {
  const asks = (name: string) => (form: PageForm) => name in form.fields;
  const offersAccounts = (form: PageForm): boolean =>
    form.method === 'post' && form.buttons.some(({ name }) => name === 'account');

  let page = journey.page();
  for (let step = 0; page && step < 6; step += 1) {
    const { forms } = page;
    if (!page.url.pathname.startsWith('/interaction/')) break;
    if (forms.some(asks('captcha'))) {
      const { password = DEMO_PASSWORD } = options;
      page = await journey.submit(asks('captcha'), { account: loginName, password, captcha: FIXED_CAPTCHA });
      if (page.forms.some(asks('captcha'))) break; // refused: the caller looks at the page
    } else if (forms.some(asks('code'))) {
      page = await journey.submit(asks('code'), { code: await secondFactor(loginName) });
      if (page.forms.some(asks('code'))) break;
    } else if (forms.some(offersAccounts)) {
      const { account } = options;
      page = await journey.submit(
        offersAccounts,
        {},
        ({ name, value }) => name === 'account' && (account === undefined || value === account),
      );
    } else break;
  }
  if (!page) throw new Error('open a page first');
  return page;
}

/** A code is still good when it arrives after so long. */
const ARRIVES_MS = 10_000;
const lastSteps = new Map<string, number>();
let forgetCodes: ((loginName: string) => Promise<void>) | undefined;

/** Tells how a world makes the codes a person has used good again, so that nobody waits half a minute for the next. */
export function forgetUsedCodesBy(forget: typeof forgetCodes): void {
  forgetCodes = forget;
}

/** A TOTP code of a demo person that the world has not seen; waits when all in force were used and none is forgotten. */
async function secondFactor(loginName: string): Promise<string> {
  const secret = people.find((person) => person.loginName === loginName)?.totpSecret;
  if (secret === undefined) throw new Error(`${loginName} has no second factor`);
  for (;;) {
    const now = Math.floor(Date.now() / 30_000);
    const earliest = Math.floor((Date.now() + ARRIVES_MS) / 30_000) - 1;
    const step = Math.max(earliest, (lastSteps.get(loginName) ?? 0) + 1);
    if (step <= now + 1) {
      lastSteps.set(loginName, step);
      return generateSync({ secret, epoch: step * 30 });
    }
    if (forgetCodes) {
      await forgetCodes(loginName);
      lastSteps.delete(loginName);
    } else await sleep(500);
  }
}
