import { UnsecuredJWT } from 'jose';
import * as oidc from 'openid-client';
import { CLIENT_SECRET, type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { signIn } from '../support/journey.ts';
import { FORM, type RawAnswer, rawRequest } from '../support/raw-http.ts';
import { type RelyingParty, browserOf, createRelyingParty } from '../support/relying-party.ts';

const NURSE = { loginName: 'demo.nurse' };

/* What the certification plans try beyond what the product itself needs, by specification and section. */
describe('the rules of the certification plans', () => {
  let world: IdpWorld;
  let spa: RelyingParty;
  let nurse: Journey;
  let tokens: Awaited<ReturnType<RelyingParty['redeem']>>;
  let sub: string;
  let registrationToken: string;

  beforeAll(async () => {
    world = await startIdpWorld();
    spa = await createRelyingParty(world, 'spa-app', { authentication: oidc.None() });
    nurse = browserOf(world);
    tokens = await spa.redeem(await spa.authorize(nurse, { scope: 'openid profile phone' }, NURSE));
    sub = tokens.claims()?.sub ?? '';
    const of = ['--label', 'suite', '--reason', 'a trial', '--clients', '10'];
    const { output } = await world.command('registration', 'tokens', 'issue', ...of);
    registrationToken = output.trim().split('\n').at(-1) ?? '';
  });
  afterAll(() => world.stop());

  const send = (method: string, path: string, headers: Record<string, string>, body?: string) =>
    rawRequest(world.issuer, method, path, { headers, ...(body !== undefined && { body }) });
  const told = ({ status, body }: RawAnswer): [number, Record<string, unknown>] => [
    status,
    JSON.parse(body) as Record<string, unknown>,
  ];
  const register = async (metadata: object): Promise<[number, Record<string, unknown>]> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${registrationToken}` };
    const client = { application_type: 'native', client_name: '某系統', ...metadata };
    return told(await send('POST', '/oidc/register', headers, JSON.stringify(client)));
  };
  const requestOf = async (change: Record<string, string | undefined> = {}): Promise<string> => {
    const request = {
      ...{ client_id: 'spa-app', response_type: 'code', redirect_uri: spa.redirectUri, scope: 'openid' },
      ...{ state: 'the-state', nonce: 'the-nonce', code_challenge_method: 'S256' },
      code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
      ...change,
    };
    const given = Object.entries(request).filter((pair): pair is [string, string] => pair[1] !== undefined);
    return new URLSearchParams(given).toString();
  };
  const ask = async (change: Record<string, string | undefined>, browser = nurse) =>
    browser.open(`${world.issuer}/oidc/auth?${await requestOf(change)}`);

  it.each([
    ['GET, in the header', 'GET', (token: string) => ({ authorization: `Bearer ${token}` }), undefined],
    ['POST, in the header', 'POST', (token: string) => ({ authorization: `Bearer ${token}` }), undefined],
    ['POST, in the body', 'POST', () => FORM, (token: string) => `access_token=${token}`],
    // RFC 9110 §11.1: the scheme’s letters are of either case
    [
      'GET, in the header, bEaReR',
      'GET',
      (token: string) => ({ authorization: `bEaReR ${token}` }),
      undefined,
    ],
  ])('OpenID Connect Core §5.3.1, RFC 6750 §2: userinfo by %s', async (_how, method, headers, body) => {
    const { access_token: token } = tokens;
    const answer = told(await send(method, '/oidc/userinfo', headers(token), body?.(token)));
    expect(answer).toEqual([200, expect.objectContaining({ sub })]);
  });

  it('RFC 6750 §2, §2.3: a token twice over, or in the address, is refused', async () => {
    const { access_token: token } = tokens;
    const header = { authorization: `Bearer ${token}` };
    const answers = [
      await send('POST', '/oidc/userinfo', { ...header, ...FORM }, `access_token=${token}`),
      await send('GET', `/oidc/userinfo?access_token=${token}`, {}),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400]);
    expect(answers.some(({ body }) => body.includes(sub))).toBe(false);
  });

  it('OpenID Connect Core §5.4: the scope phone brings the number, and only that scope', async () => {
    await world.database.db
      .updateTable('account')
      .set({ phone: '0912345678' })
      .where('id', '=', sub)
      .execute();
    const claimsFor = async (scope: string) => {
      const got = await spa.redeem(await spa.authorize(nurse, { scope }));
      return oidc.fetchUserInfo(spa.config, got.access_token, sub);
    };
    expect(await claimsFor('openid phone')).toEqual({ sub, phone_number: '0912345678' });
    expect(await claimsFor('openid')).toEqual({ sub });
  });

  it('OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2: a request may come by POST, of another site too', async () => {
    // what Lax cookies leave of a form of another site: none at the POST, all at the GET it is sent on to
    const from = { ...FORM, origin: 'https://rp.example' };
    const cookie = nurse.jar.header(new URL('/oidc/auth', world.issuer));
    const posted = async (path: string, form: string): Promise<RawAnswer> => {
      const first = await send('POST', path, from, form);
      expect([first.status, first.headers['set-cookie'], first.body]).toEqual([303, undefined, '']);
      expect(first.headers.location).toBe(`${path}?${form}`);
      return send('GET', first.headers.location ?? '', { cookie });
    };
    const answer = await posted('/oidc/auth', await requestOf());
    expect(new URL(answer.headers.location ?? '').searchParams.get('code')).toBeTruthy();
    const twice = await posted('/oidc/auth', `${await requestOf()}&scope=openid`); // A15: as it was sent
    expect(twice.headers.location ?? '').not.toContain('code=');
    const leaving = await posted('/oidc/logout', 'client_id=spa-app&state=y');
    expect([leaving.status, leaving.body]).toEqual([200, expect.stringContaining('name="xsrf"')]);
    const long = await send('POST', '/oidc/auth', from, `state=${'x'.repeat(8000)}`);
    expect([long.status, long.headers.location]).toEqual([413, undefined]);
  });

  it.each([
    ['nobody knows', { extra: 'foobar' }],
    ['display=page', { display: 'page' }],
    ['display=popup', { display: 'popup' }],
    ['claims_locales', { claims_locales: 'se' }],
    ['ui_locales of no language of ours', { ui_locales: 'se' }],
    ['the nonce left out', { nonce: undefined }],
    ['the state left out', { state: undefined }],
    ['scopes in another order', { scope: 'profile phone openid email' }],
    ['a scope nobody knows', { scope: 'openid something' }],
  ])('OpenID Connect Core §3.1.2.1: %s changes nothing', async (_what, change) => {
    const { url } = await ask(change);
    expect([url.searchParams.has('code'), url.searchParams.get('state')]).toEqual([
      true,
      'state' in change ? null : 'the-state',
    ]);
  });

  it('OpenID Connect Core §3.1.2.1: ui_locales chooses the page’s language unless the person has; login_hint fills in the name', async () => {
    const browser = browserOf(world);
    const languageOf = async (change: Record<string, string>): Promise<string | undefined> => {
      const page = await ask(change, browser);
      expect(page.forms.find(({ fields }) => 'captcha' in fields)?.fields['account']).toBe('demo.nurse');
      return /<html[^>]* lang="([\w-]+)"/.exec(page.html)?.[1];
    };
    const hint = { login_hint: 'demo.nurse' };
    expect(await languageOf({ ...hint, ui_locales: 'fr-CA en' })).toBe('en');
    expect(await languageOf({ ...hint, ui_locales: 'zh-TW en' })).toBe('zh-Hant-TW');
    const wrong = { account: 'demo.nurse', password: 'Wrong-password-1', captcha: '1' };
    await languageOf({ ...hint, ui_locales: 'en' });
    const refused = await browser.submit((form) => 'captcha' in form.fields, wrong);
    expect(refused.html).toContain(' lang="en"');
    await browser.open(`${world.issuer}/?lang=zh-TW`);
    expect(await languageOf({ ...hint, ui_locales: 'en' })).toBe('zh-Hant-TW');
  });

  it('OpenID Connect Core §3.1.2.1: prompt=none with an id_token_hint of whoever is there: the same person, silently', async () => {
    const hint = tokens.id_token ?? '';
    const again = await spa.redeem(await spa.authorize(nurse, { prompt: 'none', id_token_hint: hint }));
    expect(again.claims()).toMatchObject({ sub, auth_time: tokens.claims()?.['auth_time'] });
  });

  it('OpenID Connect Registration §2: an address with a query keeps it, and no other query is taken for it', async () => {
    const redirect_uri = 'http://127.0.0.1:9/callback?foo=bar';
    const [status, client] = await register({
      redirect_uris: [redirect_uri],
      scope: 'openid profile',
      policy_uri: 'https://rp.example/policy',
      tos_uri: 'https://rp.example/terms',
      logo_uri: 'https://rp.example/logo.png',
    });
    expect(status).toBe(201);
    const client_id = String(client['client_id']);
    const browser = browserOf(world);
    browser.stopBefore(({ port }) => port === '9');
    await ask({ client_id, redirect_uri, scope: 'openid profile' }, browser);
    const consent = await signIn(browser, 'demo.nurse');
    // §2: how the client uses the data, and its terms, are for whoever is asked; its picture is not fetched (A13)
    for (const link of ['https://rp.example/policy', 'https://rp.example/terms'])
      expect(consent.html).toContain(`<a href="${link}" rel="noopener noreferrer external">`);
    expect(consent.html).not.toContain('logo.png');
    const back = await browser.submit(
      (form) => form.action.endsWith('/consent'),
      {},
      ({ value }) => value === 'allow',
    );
    expect(Object.fromEntries(back.url.searchParams)).toMatchObject({
      foo: 'bar',
      code: expect.any(String),
      state: 'the-state',
      iss: world.issuer,
    });
    for (const query of ['', '?foo=baz', '?foo=bar&a=b', '?bar=foo']) {
      const other = `http://127.0.0.1:9/callback${query}`;
      const { status: refused, url } = await ask({ client_id, redirect_uri: other }, browser);
      expect([query, refused, url.origin]).toEqual([query, 400, world.issuer]);
    }
  });

  it.each([
    ['§2, Core §2: an unsigned ID token', { id_token_signed_response_alg: 'none' }],
    ['§2: unsigned userinfo by name', { userinfo_signed_response_alg: 'none' }],
    ['§2: an unsigned request', { request_object_signing_alg: 'none' }],
    ['§2: a policy elsewhere than on https', { policy_uri: 'http://rp.example/policy' }],
    ['§2: terms that are a script', { tos_uri: 'javascript:alert(1)' }],
    ['CIBA §4: the CIBA grant', { grant_types: ['urn:openid:params:grant-type:ciba'] }],
    [
      'CIBA §4: a way to be told, and the grant beside another',
      {
        grant_types: ['authorization_code', 'urn:openid:params:grant-type:ciba'],
        backchannel_token_delivery_mode: 'ping',
        backchannel_client_notification_endpoint: 'https://rp.example/ping',
      },
    ],
  ])('OpenID Connect Registration %s cannot be registered', async (_what, metadata) => {
    const answer = await register({ redirect_uris: ['http://127.0.0.1:9/callback'], ...metadata });
    expect(answer).toEqual([400, expect.objectContaining({ error: 'invalid_client_metadata' })]);
  });

  it('CIBA §7: a registered client asks nobody’s device', async () => {
    const [status, { client_id: id, client_secret: secret }] = await register({
      redirect_uris: ['http://127.0.0.1:9/callback'],
      backchannel_token_delivery_mode: 'poll',
    });
    expect(status).toBe(201);
    const basic = Buffer.from(`${String(id)}:${String(secret)}`).toString('base64');
    const asked = new URLSearchParams({ scope: 'openid', login_hint: 'demo.nurse' }).toString();
    const headers = { ...FORM, authorization: `Basic ${basic}` };
    expect(told(await send('POST', '/oidc/backchannel', headers, asked))).toEqual([
      400,
      expect.objectContaining({ error: 'unauthorized_client' }),
    ]);
  });

  it.each([
    ['OnlyState: no address, a state alone: our own page', false, { state: 'y' }],
    ['an address, no state: none is made up', true, {}],
    ['an address and a state', true, { state: 'y' }],
  ])('RP-Initiated Logout §2, §3: %s', async (_what, returns, more) => {
    const browser = browserOf(world);
    const { id_token: hint = '' } = await spa.redeem(await spa.authorize(browser, {}, NURSE));
    const out = { post_logout_redirect_uri: `${world.rpOrigin}/out` };
    const request = { id_token_hint: hint, ...(returns && out), ...more };
    await browser.open(`${world.issuer}/oidc/logout?${new URLSearchParams(request).toString()}`);
    const left = await browser.submit(
      ({ fields }) => 'xsrf' in fields,
      {},
      ({ name }) => name === 'logout',
    );
    const state = 'state' in more ? '?state=y' : '';
    if (returns) expect(left.url.href).toBe(`${world.rpOrigin}/out${state}`);
    else expect([left.url.origin, left.url.searchParams.get('state')]).toEqual([world.issuer, null]);
    expect((await ask({ prompt: 'none' }, browser)).url.searchParams.get('error')).toBe('login_required');
  });

  it.each([
    ['GET', '/oidc/auth', 'spa-app'],
    ['POST', '/oidc/par', 'lab-app'],
  ])(
    'RFC 9101 §6: of a value that no text can be made of, %s %s says the request object is wrong',
    async (method, path, client_id) => {
      const request = new UnsecuredJWT({ client_id: { toString: 1 }, scope: 'openid' }).encode();
      const form = new URLSearchParams({ client_id, request }).toString();
      const basic = Buffer.from(`${client_id}:${CLIENT_SECRET}`).toString('base64');
      const answer =
        method === 'GET'
          ? await send(method, `${path}?${form}`, {})
          : await send(method, path, { ...FORM, authorization: `Basic ${basic}` }, form);
      expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('invalid_request_object')]);
    },
  );

  it('RFC 9126 §2: the endpoint of pushed requests takes POST alone', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const path = `/oidc/par?${await requestOf()}`;
      const { status, body } = await send(method, path, {});
      expect([method, [404, 405].includes(status), body.includes('request_uri:')]).toEqual([
        method,
        true,
        false,
      ]);
    }
  });
});
