import { sql } from 'kysely';
import { setProviderStatus } from '#idp/federation/upstream/service/providers.ts';
import { portalOf } from '../support/forged-form.ts';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey, Page } from '../support/journey.ts';
import { type Lies, type LyingProvider, startLyingProvider } from '../support/lying-provider.ts';
import { createRelyingParty } from '../support/relying-party.ts';
import { lastAudit } from '../idp/bindings-support.ts';
import { LINKS, atSignIn, declare, link, manifestOf, offered, signInWith } from '../idp/upstream-world.ts';

const SUBJECT = { sub: 'subject-1', sid: 'sid-subject-1' };
const NAMED = { sub: 'subject-1' };
const now = (): number => Math.floor(Date.now() / 1000);

describe('what a provider says is over', () => {
  let world: IdpWorld;
  let group: LyingProvider;
  let other: LyingProvider;
  let browser: Journey;

  beforeAll(async () => {
    [world, group, other] = await Promise.all([
      startIdpWorld({ replicas: 2 }),
      startLyingProvider(),
      startLyingProvider(),
    ]);
    await declare(world, manifestOf(group, 'group'), manifestOf(other, 'other'));
    await offered(world, 'other');
    await link(world, await portalOf(world, 'demo.nurse'), 'group');
    browser = await atSignIn(world);
  });
  afterAll(async () => {
    await world.stop();
    await Promise.all([group.stop(), other.stop()]);
  });
  const isIn = async (): Promise<boolean> =>
    (await browser.open(`${world.issuer}${LINKS}`)).url.pathname === LINKS;
  beforeEach(async () => {
    group.lies = {};
    if (await isIn()) return;
    browser = await atSignIn(world);
    await signInWith(world, browser, 'group');
  });

  const post = (body: string | URLSearchParams, { base = world.issuer, code = 'group' } = {}) =>
    fetch(`${base}/federation/upstream/${code}/backchannel-logout`, { method: 'POST', body });
  const tell = (token: string, base = world.issuer) =>
    post(new URLSearchParams({ logout_token: token }), { base });
  const disable = () => {
    const deps = { db: world.database.db, clock: () => new Date() };
    return setProviderStatus(deps, 'group', 'disabled', { reason: 'test' });
  };
  const signOut = async (): Promise<Page> => {
    await browser.open(`${world.issuer}/`);
    return browser.submit((form) => form.action.endsWith('/sign-out'));
  };
  const offerOf = ({ html }: Page): string =>
    world.issuer + (/href="(\/federation[^"]+)"/.exec(html)?.[1]?.replaceAll('&#x3D;', '=') ?? '');

  it('G10: a provider that gives no keys, or that nobody finds, is asked again later; nobody is out or in by it', async () => {
    const token = await group.logoutToken(SUBJECT);
    for (const lie of [{ broken: 'keys' }, { silent: 'keys' }] as Lies[]) {
      group.lies = lie;
      const answer = await tell(token);
      expect([answer.status, await answer.json()]).toEqual([503, { error: 'temporarily_unavailable' }]);
    }
    group.lies = {};
    other.lies = { silent: 'discovery' };
    const begun = performance.now();
    const [slow, quick] = await Promise.all([
      post(new URLSearchParams({ logout_token: await other.logoutToken(SUBJECT) }), { code: 'other' }),
      fetch(`${world.issuer}/healthz`).then(({ status }) => [status, performance.now() - begun < 3000]),
    ]);
    expect([slow.status, quick]).toEqual([503, [200, true]]);
    other.lies = {};
    expect(await isIn()).toBe(true);
    expect((await tell(token)).status).toBe(200);
    expect(await isIn()).toBe(false);
  });

  it.each([
    ['no sub and no sid', {}],
    ['another issuer', { ...NAMED, iss: 'https://other.example.test' }],
    ['no issuer', { ...NAMED, iss: undefined }],
    ['another audience', { ...NAMED, aud: 'other' }],
    ['no audience', { ...NAMED, aud: undefined }],
    ['a nonce', { ...NAMED, nonce: 'x' }],
    ['no events', { ...NAMED, events: undefined }],
    ['another event', { ...NAMED, events: { 'urn:other': {} } }],
    ['an event that is no object', { ...NAMED, events: logoutEvent('yes') }],
    ['no jti', { ...NAMED, jti: undefined }],
    ['no iat', { ...NAMED, iat: undefined }],
    ['no exp', { ...NAMED, exp: undefined }],
    ['its end long past', { ...NAMED, iat: now() - 200, exp: now() - 100 }],
    ['an early beginning and a late end', { ...NAMED, iat: now() - 3600, exp: now() + 3600 }],
    ['its beginning ahead', { ...NAMED, iat: now() + 600, exp: now() + 900 }],
    ['a subject that is no text', { sub: 1 }],
    ['a subject that nobody can write', { sub: 'a\u0000' }],
    ['a session that nobody can write', { sid: 'a\u0000' }],
    ['an endless jti', { ...NAMED, jti: 'x'.repeat(401) }],
    ['the type of an access token', NAMED, {}, { typ: 'at+jwt' }],
    ['nothing that signs it', NAMED, { signs: 'none' }],
    ['an unpublished key', NAMED, { signs: 'unpublished' }],
    ['a key nobody has', NAMED, {}, { kid: 'elsewhere' }],
    ['its public key as a secret', NAMED, { signs: 'hmac' }],
  ] as [string, object, Lies?, object?][])(
    'Back-Channel Logout §2.6: refuses a token with %s',
    async (_name, claims, lies = {}, header = {}) => {
      group.lies = lies;
      const token = await group.logoutToken({ ...claims }, { ...header });
      group.lies = {};
      const answer = await tell(token);
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([400, 'no-store']);
      expect(await isIn()).toBe(true);
    },
  );

  it('Back-Channel Logout §2.6: takes one token, of the provider whose address it came to, as a form', async () => {
    // the other one may speak of its own: subjects of that name are not the group's
    await eventually(async () => {
      const theirs = new URLSearchParams({ logout_token: await other.logoutToken(SUBJECT) });
      expect((await post(theirs, { code: 'other' })).status).toBe(200);
    }, 10_000);
    const token = await group.logoutToken(SUBJECT);
    const twice = new URLSearchParams([
      ['logout_token', token],
      ['logout_token', token],
    ]);
    const refused = [
      await post(twice),
      await post(new URLSearchParams()),
      await post(JSON.stringify({ logout_token: token })),
      await post(new URLSearchParams({ logout_token: token }), { code: 'other' }),
      await post(new URLSearchParams({ logout_token: token }), { code: 'nobody' }),
      await post(new URLSearchParams({ logout_token: await other.logoutToken(SUBJECT) })),
      await tell('x'.repeat(70_000)),
      await tell('%00.%00.'),
    ];
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 400));
    expect(await isIn()).toBe(true);
  });

  it('Back-Channel Logout §2.7: ends our sessions of that sid or subject once, and tells their subsystems', async () => {
    const party = await createRelyingParty(world, 'lab-app', { pushed: true });
    const { callback } = await party.authorize(
      browser,
      {},
      { loginName: 'demo.nurse', account: 'P@00000001P@lab_01' },
    );
    expect(callback.href).toContain('/callback?code=');
    expect((await tell(await group.logoutToken({ sid: 'sid-other' }))).status).toBe(200);
    expect((await tell(await group.logoutToken({ sub: 'subject-2', sid: SUBJECT.sid }))).status).toBe(200);
    expect(await isIn()).toBe(true);
    const local = await portalOf(world, 'demo.nurse');
    const told = world.logouts.length;
    const token = await group.logoutToken(SUBJECT);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_one, at) => tell(token, world.replicaUrls[at % 2])),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(19);
    expect(await isIn()).toBe(false);
    // whoever signed in here by themselves stays
    expect((await local.open(`${world.issuer}${LINKS}`)).url.pathname).toBe(LINKS);
    await eventually(() => expect(world.logouts.slice(told)).toMatchObject([{ client: 'lab-app' }]));
    expect(await lastAudit(world, 'session.ended')).toMatchObject({
      details: { cause: 'upstream_logout', provider: 'group' },
    });
    expect(await lastAudit(world, 'upstream_logout.refused')).toMatchObject({ reason: 'replayed' });
  });

  it('Back-Channel Logout §2.7: knows a session by its whole name, however long', async () => {
    const sid = 's'.repeat(400);
    group.lies = { claims: { sid } };
    browser = await atSignIn(world);
    await signInWith(world, browser, 'group');
    expect((await tell(await group.logoutToken({ sid: sid.slice(0, 255) }))).status).toBe(200);
    expect(await isIn()).toBe(true);
    expect((await tell(await group.logoutToken({ sid }))).status).toBe(200);
    expect(await isIn()).toBe(false);
  });

  it('RP-Initiated Logout §2: offers the end of the session there to whoever signs out here, and it only', async () => {
    const page = await signOut();
    expect(page.text).toContain('一併登出「機構 group」');
    expect(await isIn()).toBe(false);
    const address = offerOf(page);
    browser.stopBefore(({ origin }) => origin === group.issuer);
    const { url } = await browser.open(address);
    browser.stopBefore(() => false);
    expect(url.origin + url.pathname).toBe(`${group.issuer}/end`);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: 'single-entry',
      post_logout_redirect_uri: `${world.issuer}/signed-out`,
      id_token_hint: expect.stringMatching(/^ey/),
    });
    for (const forged of [
      `${world.issuer}/federation/upstream/group/end?offer=forged`,
      `${world.issuer}/federation/upstream/group/end`,
      address.replace('/group/', '/other/'),
      `${address.slice(0, -4)}AAAA`,
    ]) {
      const answer = await fetch(forged, { redirect: 'manual' });
      expect([answer.status, answer.headers.get('location')]).toEqual([
        303,
        '/signed-out?institution=unavailable',
      ]);
    }
    browser = await portalOf(world, 'demo.nurse');
    expect((await signOut()).text).not.toContain('一併登出');
  });

  it('RP-Initiated Logout §2: a provider gone, or that names no such end, leaves the end here as it is', async () => {
    const offers = [offerOf(await signOut())];
    expect(await isIn()).toBe(false);
    for (const lies of [
      { metadata: { end_session_endpoint: undefined } },
      { metadata: { end_session_endpoint: 'javascript:alert(1)' } },
      { broken: 'discovery' },
    ] as Lies[]) {
      group.lies = lies;
      await declare(world, manifestOf(group, 'group')); // its metadata is read anew
      await eventually(async () => {
        const page = await browser.open(offers[0] ?? '');
        expect([page.status, page.url.origin, page.text.includes('請自行前往登出')]).toEqual([
          200,
          world.issuer,
          true,
        ]);
      });
    }
    group.lies = {};
    await declare(world, manifestOf(group, 'group', { logout: { endSession: false } }));
    await eventually(async () => {
      browser = await atSignIn(world);
      await signInWith(world, browser, 'group');
      expect((await signOut()).text).not.toContain('一併登出');
    });
    await declare(world, manifestOf(group, 'group'));
  });

  it('E4: a sign-in again in a session and the end of its provider take rows in one order', async () => {
    const { db } = world.database;
    const waiting = async (count: number): Promise<void> =>
      eventually(async () => {
        const { rows } = await sql<{ n: number }>`
          select count(*)::int as n from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
        expect(rows[0]?.n).toBe(count);
      });
    await sql`update oidc_session set payload = payload || jsonb_build_object('loginTs', 1)`.execute(db);
    await browser.open(`${world.issuer}/sign-in?fresh=yes`);
    const deeds = await db.transaction().execute(async (trx) => {
      await sql`select 1 from oidc_session o join upstream_session s on s.session_uid = o.uid for update of o`.execute(
        trx,
      );
      const again = signInWith(world, browser, 'group'); // holds the provider, waits for the session
      await waiting(1);
      const disabling = disable();
      await waiting(2);
      return { again, disabling };
    });
    const [page, ended] = await Promise.all([deeds.again, deeds.disabling]);
    expect([page.status, ended > 0]).toEqual([200, true]);
    expect(await isIn()).toBe(false);
    await world.command('providers', 'enable', 'group', '--reason', 'test');
    await offered(world, 'group');
  });

  it('E4: sign-ins, logout tokens and the end of the provider at once fail nobody and leave nobody in', async () => {
    const journeys = await Promise.all(Array.from({ length: 6 }, () => atSignIn(world)));
    const pages = journeys.map((journey) => signInWith(world, journey, 'group'));
    const tokens = await Promise.all(Array.from({ length: 12 }, () => group.logoutToken(NAMED)));
    const told = tokens.map((token, at) => tell(token, world.replicaUrls[at % 2]));
    const ended = await Promise.allSettled([disable(), disable(), disable()]);
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1); // the others are told so
    expect((await Promise.all(pages)).filter(({ status }) => status >= 500)).toEqual([]);
    expect((await Promise.all(told)).filter(({ status }) => status >= 500)).toEqual([]);
    const left = world.database.db.selectFrom('upstream_session').selectAll();
    expect(await left.execute()).toEqual([]);
    await world.command('providers', 'enable', 'group', '--reason', 'test');
    await offered(world, 'group');
  });
});

function logoutEvent(value: unknown): object {
  return { 'http://schemas.openid.net/event/backchannel-logout': value };
}
