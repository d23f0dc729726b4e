import { generateSync } from 'otplib';
import { DEMO_PASSWORD, people } from '#db/idp/seed/world.ts';

const MOST_STEPS = 20;
const STEP_SECONDS = 30;
const lastSteps = new Map<string, number>();

/**
 * Signs one of the demo people in through the provider's own pages, as a browser would.
 * @returns the `Set-Cookie` lines that make a browser of this machine signed in: cookies know no ports
 * @throws Error when a page asks for what a demo person does not have
 */
export async function signInAs(issuer: string, loginName: string, captcha: string): Promise<string[]> {
  const cookies = new Map<string, string>();
  let url = new URL('/sign-in', issuer);
  let form: URLSearchParams | undefined;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const sent = [...cookies.values()].map((line) => line.slice(0, line.indexOf(';')));
    const response = await fetch(url, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { accept: 'text/html', cookie: sent.join('; '), ...(form && { origin: url.origin }) },
      ...(form && { body: form }),
    });
    for (const line of response.headers.getSetCookie()) cookies.set(line.slice(0, line.indexOf('=')), line);
    const location = response.headers.get('location');
    const html = await response.text();
    form = undefined;
    if (location !== null) url = new URL(location, url);
    else if (url.pathname === '/') return [...cookies.values()].filter((line) => /;\s*path=\/;/i.test(line));
    else [url, form] = fillIn(url, html, loginName, captcha);
  }
  throw new Error(`${loginName} could not be signed in`);
}

/** What the page asks for, from what is known of a demo person. */
function fillIn(page: URL, html: string, loginName: string, captcha: string): [URL, URLSearchParams] {
  const answers: Record<string, string> = { account: loginName, password: DEMO_PASSWORD, captcha };
  const forms = [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)];
  const asked = forms.find(([, , body = '']) => /name="(captcha|code)"/.test(body));
  const [, head = '', body = ''] = asked ?? [];
  if (!asked) throw new Error(`${loginName} is asked for something else at ${page.pathname}`);
  if (body.includes('name="code"')) answers['code'] = secondFactor(loginName);
  const hidden = [...body.matchAll(/<input\b[^>]*type="hidden"[^>]*>/g)].map(([tag]) => [
    attribute(tag, 'name'),
    attribute(tag, 'value'),
  ]);
  const form = new URLSearchParams({ ...(Object.fromEntries(hidden) as Record<string, string>), ...answers });
  return [new URL(attribute(head, 'action') || page.href, page), form];
}

function attribute(tag: string, name: string): string {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&amp;', '&') ?? '';
}

/** A code that was not used before in this process. */
function secondFactor(loginName: string): string {
  const secret = people.find((person) => person.loginName === loginName)?.totpSecret;
  if (secret === undefined) throw new Error(`${loginName} has no second factor`);
  const now = Math.floor(Date.now() / 1000 / STEP_SECONDS);
  const step = Math.max(now - 1, (lastSteps.get(loginName) ?? 0) + 1);
  lastSteps.set(loginName, step);
  return generateSync({ secret, epoch: step * STEP_SECONDS });
}
