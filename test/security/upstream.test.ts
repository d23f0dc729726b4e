import { readMetadata } from '#idp/federation/upstream/client.ts';
import { providerSchema } from '#idp/federation/upstream/manifest.ts';
import { createKeyring } from '#kit/keyring.ts';
import { createLog } from '#kit/log.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { type Lies, type LyingProvider, startLyingProvider } from '../support/lying-provider.ts';
import { rawRequest } from '../support/raw-http.ts';
import { lastAudit, personOf } from '../idp/bindings-support.ts';
import {
  LINKS,
  answerOf,
  atSignIn,
  declare,
  departToLink,
  link,
  manifestOf,
  offered,
  signInWith,
} from '../idp/upstream-world.ts';

const keyring = createKeyring(Buffer.alloc(32, 7).toString('base64'));
const TWENTY = Array.from({ length: 20 });

describe('a provider of an institution that is down, slow or lies', () => {
  let world: IdpWorld;
  let honest: LyingProvider;
  let liar: LyingProvider;

  beforeAll(async () => {
    [world, honest, liar] = await Promise.all([
      startIdpWorld({ replicas: 2 }),
      startLyingProvider(),
      startLyingProvider(),
    ]);
    await declare(world, manifestOf(honest, 'honest'), manifestOf(liar, 'liar'));
    await offered(world, 'liar');
    await link(world, await portalOf(world, 'demo.nurse'), 'honest');
  });
  afterAll(async () => {
    await world.stop();
    await Promise.all([honest.stop(), liar.stop()]);
  });
  beforeEach(() => {
    for (const one of [honest, liar]) one.lies = {};
  });

  const sessions = async (): Promise<number> =>
    (await world.database.db.selectFrom('upstream_session').selectAll().execute()).length;
  const links = () =>
    world.database.db.selectFrom('upstream_link').selectAll().orderBy('linked_at').execute();
  const bring = async (browser: Journey, url: URL, base = world.issuer) => {
    const headers = { cookie: browser.jar.header(url) };
    const answer = await rawRequest(base, 'GET', url.pathname + url.search, { headers });
    browser.jar.store(new URL(world.issuer), answer.headers['set-cookie'] ?? []);
    return answer;
  };

  const lies: [string, Lies][] = [
    ['an unsigned ID token', { signs: 'none' }],
    ['an ID token by a key it does not publish', { signs: 'unpublished' }],
    ['an ID token that brings its own key', { signs: 'embedded' }],
    ['an ID token with its public key as a secret', { signs: 'hmac' }],
    ['another issuer in the ID token', { claims: { iss: 'https://other.example.test' } }],
    ['another audience', { claims: { aud: 'somebody-else' } }],
    ['several audiences and no azp', { claims: { aud: ['single-entry', 'other'] } }],
    ['another azp', { claims: { aud: ['single-entry', 'other'], azp: 'other' } }],
    ['another nonce', { claims: { nonce: 'x' } }],
    ['no nonce', { claims: { nonce: undefined } }],
    ['an expired ID token', { claims: { exp: 1 } }],
    ['no auth_time', { claims: { auth_time: undefined } }],
    ['a sign-in to come', { claims: { auth_time: Math.floor(Date.now() / 1000) + 86_400 } }],
    ['no subject', { claims: { sub: undefined } }],
    ['an endless subject', { claims: { sub: 'x'.repeat(256) } }],
    ['userinfo of somebody else', { userinfo: { sub: 'other' } }],
    ['no iss in its answer', { answer: { iss: undefined } }],
    ['another iss in its answer', { answer: { iss: 'https://other.example.test' } }],
  ];
  it.each(lies)('G1: refuses %s, and nobody is signed in', async (_name, lie) => {
    const before = await sessions();
    honest.lies = lie;
    const page = await signInWith(world, await atSignIn(world), 'honest');
    expect([page.status, page.text.includes('無法採信')]).toEqual([200, true]);
    expect(page.forms.some((form) => 'captcha' in form.fields)).toBe(true);
    expect(await sessions()).toBe(before);
    expect(await lastAudit(world, 'upstream_sign_in.refused')).toMatchObject({
      details: { provider: 'honest' },
    });
  });

  it('G1: takes no answer of one provider for another’s, by address, iss or issuer', async () => {
    const before = await sessions();
    // the honest one's code and state brought to the liar's address, and the other way round
    for (const [left, brought] of [
      ['honest', 'liar'],
      ['liar', 'honest'],
    ] as const) {
      const browser = await atSignIn(world);
      const url = await answerOf(world, browser, left);
      const mixed = new URL(url.href.replace(`/${left}/`, `/${brought}/`));
      expect((await bring(browser, mixed)).status).toBe(410);
    }
    // the liar hands out a code that the honest one made
    const victim = await atSignIn(world);
    const honestCode = (await answerOf(world, victim, 'honest')).searchParams.get('code') ?? '';
    const browser = await atSignIn(world);
    liar.lies = { answer: { code: honestCode, iss: honest.issuer } };
    const page = await signInWith(world, browser, 'liar');
    expect(page.text).toContain('無法採信');
    // and one says of its own subject what the other's is called
    liar.lies = { claims: { iss: honest.issuer } };
    expect((await signInWith(world, await atSignIn(world), 'liar')).text).toContain('無法採信');
    liar.lies = {};
    expect((await signInWith(world, await atSignIn(world), 'liar')).text).toContain('還沒有連結');
    expect(await sessions()).toBe(before);
  });

  it('G1: takes an answer once, in the browser it is for, on any replica', async () => {
    const browser = await atSignIn(world);
    const url = await answerOf(world, browser, 'honest');
    const thief = await atSignIn(world);
    await answerOf(world, thief, 'honest');
    expect((await bring(thief, url)).status).toBe(410);
    const none = await rawRequest(world.issuer, 'GET', url.pathname + url.search, {});
    expect(none.status).toBe(410);
    const redeemed = honest.redeemed.length;
    const answers = await Promise.all(
      TWENTY.map((_one, at) => bring(browser, url, world.replicaUrls[at % 2])),
    );
    const won = answers.filter(({ status }) => status === 303);
    expect([won.length, answers.filter(({ status }) => status === 410).length]).toEqual([1, 19]);
    expect(honest.redeemed.length).toBe(redeemed + 1);
    const arrival = new URL(String(won[0]?.headers.location), world.issuer);
    const arrivals = await Promise.all(
      TWENTY.map((_one, at) => bring(browser, arrival, world.replicaUrls[at % 2])),
    );
    expect(arrivals.every(({ status }) => status === 303)).toBe(true);
    const onward = arrivals.filter(({ headers }) => String(headers.location).includes('/oidc/auth/'));
    expect(onward).toHaveLength(1);
  });

  it('C25: an arrival of another browser, or of another interaction, proves nothing', async () => {
    const browser = await atSignIn(world);
    const url = await answerOf(world, browser, 'honest');
    const { headers } = await bring(browser, url);
    const other = await atSignIn(world);
    const elsewhere = `${other.page()?.url.pathname}/upstream/arrival`;
    const mixed = await rawRequest(world.issuer, 'GET', elsewhere, {
      headers: {
        cookie: `${other.jar.header(new URL(elsewhere, world.issuer))}; idp_upstream=${browser.jar.get('idp_upstream')}`,
      },
    });
    expect(mixed.headers.location).not.toContain('/oidc/auth/');
    const stolen = await rawRequest(world.issuer, 'GET', String(headers.location), {
      headers: { cookie: other.jar.header(new URL(elsewhere, world.issuer)) },
    });
    expect(stolen.status).toBe(410);
  });

  it('C25: a proof of a link counts once, in its own session, and never across a parting', async () => {
    honest.who = { sub: 'of-new' };
    const person = await portalOf(world, 'demo.new');
    await departToLink(world, person, 'honest');
    const cookie = { cookie: person.jar.header(new URL(LINKS, world.issuer)), origin: world.issuer };
    const press = (headers: Record<string, string>, base = world.issuer) =>
      rawRequest(base, 'POST', LINKS, { headers, body: '' });
    const elsewhere = await portalOf(world, 'demo.new');
    const theirs = { ...cookie, cookie: elsewhere.jar.header(new URL(LINKS, world.issuer)) };
    expect((await press(theirs)).headers.location).toBe(`${LINKS}?failed=gone`);
    const presses = await Promise.all(TWENTY.map((_one, at) => press(cookie, world.replicaUrls[at % 2])));
    const places = presses.map(({ headers }) => headers.location);
    expect(places.filter((place) => place === `${LINKS}?done=added`)).toHaveLength(1);
    expect(places.filter((place) => place === `${LINKS}?failed=gone`)).toHaveLength(19);

    // a sign-in and a second link under way while it is removed
    const late = await atSignIn(world);
    const answer = await answerOf(world, late, 'honest');
    const signedIn = await atSignIn(world);
    await signInWith(world, signedIn, 'honest');
    const again = await portalOf(world, 'demo.new');
    await world.database.db.deleteFrom('upstream_departure').where('purpose', '=', 'link').execute();
    const page = await person.open(`${world.issuer}${LINKS}`);
    const removal = /href="([^"]+\/removal)"/.exec(page.html)?.[1] ?? '';
    await person.open(`${world.issuer}${removal}`);
    const removed = await person.submit((form) => form.action.endsWith('/removal'));
    expect(removed.text).toContain('已移除連結');
    expect((await signedIn.open(`${world.issuer}${LINKS}`)).url.pathname).toMatch(/^\/interaction\//);
    const { headers } = await bring(late, answer);
    const arrived = await late.open(new URL(String(headers.location), world.issuer).href);
    expect(arrived.text).toContain('還沒有連結');

    // a link begun before the parting and pressed after it
    await link(world, again, 'honest');
    const pending = await portalOf(world, 'demo.new');
    await world.database.db.deleteFrom('upstream_link').where('subject', '=', 'of-new').execute();
    await departToLink(world, pending, 'honest');
    const { id } = await personOf(world, 'demo.new');
    await world.database.db
      .updateTable('upstream_generation')
      .set({ generation: 9 })
      .where('account_id', '=', id)
      .execute();
    expect((await pending.submit((form) => form.action.endsWith(LINKS))).text).toContain('處理期間已被移除');
    expect(await links()).toHaveLength(1);
    honest.who = { sub: 'subject-1' };
  });

  it('C25: never links by address or name, and a subject to one account only', async () => {
    liar.who = { sub: 'stranger', name: '王示範', email: 'demo.nurse@example.test' };
    expect((await signInWith(world, await atSignIn(world), 'liar')).text).toContain('還沒有連結');
    const person = await portalOf(world, 'demo.new');
    const taken = await link(world, person, 'honest');
    expect(taken.text).toContain('已連結到其他帳號');
    expect(await links()).toMatchObject([{ subject: 'subject-1' }]);
  });

  it('G9: a link begins on our own page, freshly signed in, and is made by a form of ours', async () => {
    const nurse = await portalOf(world, 'demo.nurse');
    const { id } = await personOf(world, 'demo.nurse');
    const cookie = nurse.jar.header(new URL(LINKS, world.issuer));
    const foreign = await rawRequest(world.issuer, 'GET', `${LINKS}/departure?provider=liar`, {
      headers: { cookie, 'sec-fetch-site': 'cross-site' },
    });
    expect(foreign.headers.location).toBe(LINKS);
    const forged = await rawRequest(world.issuer, 'POST', LINKS, {
      headers: { cookie, origin: liar.issuer },
      body: '',
    });
    expect(forged.status).toBe(403);
    await world.database.db
      .updateTable('oidc_session')
      .set({ login_at: new Date(Date.now() - 6 * 60_000) })
      .where('account_id', '=', id)
      .execute();
    for (const path of [`${LINKS}/departure?provider=liar`, `${LINKS}/arrival`]) {
      const answer = await rawRequest(world.issuer, 'GET', path, { headers: { cookie } });
      expect(answer.headers.location).toContain('/sign-in?fresh=yes');
    }
  });

  it('I1: believes no metadata of another issuer, of endless length or with other addresses, nor asks within', async () => {
    const provider = {
      ...{ code: 'liar', issuer: liar.issuer, secretSealed: undefined, active: true, version: 1 },
      manifest: providerSchema.parse(manifestOf(liar, 'liar')),
    };
    const read = (privateNetworks: boolean) =>
      readMetadata(
        {
          ...{ db: world.database.db, keyring, clock: () => new Date(), log: createLog('test', 'silent') },
          config: { issuer: world.issuer, privateNetworks },
        },
        provider,
      );
    for (const lie of [
      { broken: 'discovery' },
      { swollen: true },
      { metadata: { issuer: honest.issuer } },
      { metadata: { issuer: `${liar.issuer}/` } },
      { metadata: { token_endpoint: 'file:///etc/passwd' } },
      { metadata: { jwks_uri: undefined } },
    ] as Lies[]) {
      liar.lies = lie;
      await expect(read(true)).rejects.toThrow();
    }
    liar.lies = {};
    const visits = liar.visits.length;
    await expect(read(false)).rejects.toThrow();
    expect(liar.visits).toHaveLength(visits);
    expect((await read(true)).serverMetadata().issuer).toBe(liar.issuer);
  });

  it('G10: a provider that is down, slow or broken is said to be, beside the local way', async () => {
    for (const lie of [{ broken: 'token' }, { silent: 'token' }] as Lies[]) {
      liar.lies = lie;
      const page = await signInWith(world, await atSignIn(world), 'liar');
      expect([page.status, page.text.includes('沒有回應')]).toEqual([200, true]);
    }
    await world.command('providers', 'disable', 'liar', '--reason', 'test');
    liar.lies = { silent: 'discovery' };
    await declare(world, manifestOf(liar, 'liar', { maxAge: 900 }));
    await world.command('providers', 'enable', 'liar', '--reason', 'test');
    await offered(world, 'liar');
    const browser = await atSignIn(world);
    const asked = performance.now();
    const slow = signInWith(world, browser, 'liar');
    const begun = performance.now();
    expect((await atSignIn(world)).page()?.text).toContain('liar');
    expect(performance.now() - begun).toBeLessThan(3000);
    const page = await slow;
    expect([page.status, page.text.includes('沒有回應')]).toEqual([200, true]);
    expect(page.forms.some((form) => 'captcha' in form.fields)).toBe(true);
    expect(performance.now() - asked).toBeLessThan(15_000);
    const visits = liar.visits.length;
    const again = await signInWith(world, await atSignIn(world), 'liar');
    expect(again.text).toContain('沒有回應');
    expect(liar.visits.length).toBe(visits); // it rests
  });
});
