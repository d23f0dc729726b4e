import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { type Lies, type LyingProvider, startLyingProvider } from '../support/lying-provider.ts';
import { rawRequest } from '../support/raw-http.ts';
import { LINKS, atSignIn, declare, link, manifestOf, offered, signInWith } from '../idp/upstream-world.ts';

/* How accounts were taken over elsewhere by linking and signing in with a provider; none of it here. */

const CALLBACK = '/federation/upstream/group/callback';

describe('ways in by an institution’s provider that were taken elsewhere', () => {
  let world: IdpWorld;
  let group: LyingProvider;
  let usual: LyingProvider['who'];
  let nurse: { id: string; email: string };
  beforeAll(async () => {
    [world, group] = await Promise.all([startIdpWorld(), startLyingProvider()]);
    usual = group.who;
    await declare(world, manifestOf(group, 'group'));
    await offered(world, 'group');
    await link(world, await portalOf(world, 'demo.nurse'), 'group');
    nurse = await world.database.db
      .selectFrom('account')
      .select(['id', 'email'])
      .where('login_name', '=', 'demo.nurse')
      .executeTakeFirstOrThrow();
  });
  afterAll(async () => {
    await world.stop();
    await group.stop();
  });
  beforeEach(() => {
    group.lies = {};
    group.who = { ...usual };
  });

  const links = () =>
    world.database.db.selectFrom('upstream_link').select(['account_id', 'subject']).execute();
  const ask = (browser: Journey, method: 'GET' | 'POST', path: string) =>
    rawRequest(world.issuer, method, path, {
      headers: { cookie: browser.jar.header(new URL(path, world.issuer)), origin: world.issuer },
      ...(method === 'POST' && { body: '' }),
    });

  const addresses: [string, (address: string) => string][] = [
    ['the very address', (address) => address],
    ['it in capitals', (address) => address.toUpperCase()],
    ['it with a full-width @', (address) => address.replace('@', '＠')],
    ['it with a soft hyphen', (address) => address.replace('@', '\u00AD@')],
  ];
  it.each(addresses)(
    'C25, D24 (GHSA-qq9h-g4jm-xgf3, GHSA-7rqj-j65f-68wh, CVE-2026-27946): another subject with %s of an account, called verified, is nobody here',
    async (_name, make) => {
      group.who = { sub: 'another', name: '陳護理', email: make(nurse.email) };
      group.lies = { claims: { email_verified: true, email: make(nurse.email) } };
      const page = await signInWith(world, await atSignIn(world), 'group');
      expect([page.status, page.text.includes('還沒有連結')]).toEqual([200, true]);
      expect(await links()).toEqual([{ account_id: nurse.id, subject: 'subject-1' }]);
    },
  );

  const subjects = [
    'SUBJECT-1',
    'subject-1 ',
    'subject-1\u0000',
    'subject\u20111',
    'subject-1/',
    '%73ubject-1',
  ];
  it.each(subjects)(
    'C25 (CVE-2026-9087, CVE-2026-15571): the subject %j is not the one that is linked',
    async (sub) => {
      group.who = { ...usual, sub };
      const page = await signInWith(world, await atSignIn(world), 'group');
      expect([page.status, page.text.includes('登出')]).toEqual([200, false]);
    },
  );

  it('C16 (CVE-2026-9091): whoever needs a second factor links with it, or not at all', async () => {
    const person = await portalOf(world, 'demo.new');
    await world.database.db
      .updateTable('account')
      .set({ role: 'unit_manager' })
      .where('login_name', '=', 'demo.new')
      .execute();
    for (const [method, path] of [
      ['GET', `${LINKS}/departure?provider=group`],
      ['GET', `${LINKS}/arrival`],
      ['POST', LINKS],
    ] as const) {
      expect((await ask(person, method, path)).headers.location).toContain('/sign-in?fresh=yes&factor=yes');
    }
    await world.database.db
      .updateTable('account')
      .set({ role: 'user' })
      .where('login_name', '=', 'demo.new')
      .execute();
    expect(await links()).toHaveLength(1);
  });

  it('D13 (CVE-2026-49448): coming back with nothing passes no step', async () => {
    const browser = await atSignIn(world);
    const at = browser.page()?.url.pathname ?? '';
    expect((await ask(browser, 'GET', `${at}/upstream/arrival`)).headers.location).toBe(at);
    expect([404, 405]).toContain((await ask(browser, 'POST', `${at}/upstream/arrival`)).status);
    await signInWith(world, browser, 'nobody');
    expect((await browser.open(`${world.issuer}${at}`)).forms.some((form) => 'captcha' in form.fields)).toBe(
      true,
    );
  });

  const junk: [string, string][] = [
    ['nothing', ''],
    ['no state', 'code=x&iss=y'],
    ['two states', 'state=a&state=b&code=x'],
    ['an endless state', `state=${'s'.repeat(6000)}&code=x`],
    ['a NUL', 'state=%00&code=%00'],
    ['half a character', 'state=%E4%B8&code=x'],
    ['brackets', 'state[]=a&state[b]=c&code[__proto__]=x'],
    ['a response', 'response=eyJhbGciOiJub25lIn0.e30.'],
  ];
  it.each(junk)('G1: a callback with %s is over, and nothing of ours fails', async (_name, query) => {
    const browser = await atSignIn(world);
    await signInWith(world, browser, 'group').catch(() => undefined);
    expect((await ask(await atSignIn(world), 'GET', `${CALLBACK}?${query}`)).status).toBe(410);
  });

  const answers: [string, Lies, RegExp][] = [
    ['cancelled there', { answer: { code: undefined, error: 'access_denied' } }, /取消/],
    [
      'refused with a text of its own',
      { answer: { code: undefined, error: 'server_error', error_description: '<script>alert(1)</script>' } },
      /無法採信/,
    ],
    ['a code and an error at once', { answer: { error: 'access_denied' } }, /取消|無法採信/],
    ['no code', { answer: { code: undefined } }, /無法採信/],
    ['another code', { answer: { code: 'made-up' } }, /無法採信/],
    ['a broken token endpoint', { broken: 'token' }, /沒有回應/],
    ['broken keys', { broken: 'keys' }, /沒有回應|無法採信/],
    ['a name that is an object', { claims: { name: { toString: 'x' }, email: ['a'] } }, /登出/],
    ['a class that is a list', { claims: { acr: ['urn:two'], amr: 'otp' } }, /登出/],
    ['a class by the prototype', { claims: { acr: '__proto__', amr: ['constructor'] } }, /登出/],
    ['a time to come', { claims: { auth_time: 4_000_000_000 } }, /登出|無法採信/],
    ['a session that nobody can write', { claims: { sid: 'a\u0000' } }, /無法採信/],
    ['an endless session', { claims: { sid: 'x'.repeat(401) } }, /無法採信/],
    ['a time that is text', { claims: { auth_time: '1' } }, /無法採信/],
  ];
  it.each(answers)(
    'G1: an answer with %s is told in our words, and nothing of ours fails',
    async (_n, lie, words) => {
      await declare(world, manifestOf(group, 'group', { maxAge: 3600 - Object.keys(lie).length })); // reads all anew
      group.lies = lie;
      const page = await signInWith(world, await atSignIn(world), 'group');
      expect(page.status).toBe(200);
      expect(page.text).toMatch(words);
      expect(page.html).not.toContain('<script>alert');
    },
  );
});
