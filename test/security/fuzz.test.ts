import * as oidc from 'openid-client';
import { eventually } from '../support/eventually.ts';
import { CLIENT_SECRET, type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, signIn } from '../support/journey.ts';
import { FORM, rawRequest } from '../support/raw-http.ts';
import { ACCESS_TOKEN, EXCHANGE, browserOf, createRelyingParty } from '../support/relying-party.ts';

const LAB_1 = 'P@00000001P@lab_01';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

/** Percent-encoded, as they stand in a query or a form. */
const WORDS: [string, string][] = [
  ['NUL', 'a%00b'],
  ['bytes that are no UTF-8', '%ff%fe%c0%af'],
  ['a lone surrogate', '%ed%a0%80'],
  ['a broken escape', '%E0%A4%A'],
  ['an escape in JSON', encodeURIComponent(String.raw`{"id_token":{"\u0000":null,"\ud800":null}}`)],
  ['JSON without end', encodeURIComponent('[{"a":'.repeat(400))],
  ['a number beyond numbers', '1e999'],
  ['a name of the prototype', '__proto__'],
  ['line breaks', 'a%0d%0aset-cookie:%20x=1'],
  ['markup', encodeURIComponent('"><script>alert(1)</script>')],
  ['SQL', encodeURIComponent("'); drop table account; --")],
  ['nine thousand letters', 'x'.repeat(9000)],
];

describe('whatever is sent, the answer is never a failure of ours', () => {
  let world: IdpWorld;
  let signedOut: Journey;
  let signedIn: Journey;
  let uid: string;

  beforeAll(async () => {
    world = await startIdpWorld();
    signedOut = browserOf(world);
    uid = (await signedOut.open(`${world.issuer}${authorization()}`)).url.pathname.split('/')[2] ?? '';
    signedIn = browserOf(world);
    await signedIn.open(`${world.issuer}/sign-in`);
    await signIn(signedIn, 'demo.nurse');
  });
  afterAll(() => world.stop());

  it.each(WORDS)('%s in every parameter of every endpoint', async (_what, word) => {
    const answers: string[] = [];
    for (const [method, path, parameters, journey] of endpoints()) {
      for (const name of Object.keys(parameters)) {
        const text = query({ ...parameters, [name]: '~' }).replace('%7E', word);
        const target = method === 'GET' ? `${path}?${text}` : path;
        const answer = await send(method, target, method === 'GET' ? undefined : text, journey);
        if (answer.status >= 500 || answer.status === 0) answers.push(`${answer.status} ${path} ${name}`);
        expect(answer.headers['set-cookie']?.join() ?? '').not.toContain('x=1');
        expect(answer.body).not.toContain('<script>alert');
      }
    }
    expect(answers).toEqual([]);
  });

  it.each([
    ['another content type', 'application/json', '{"a":1}'],
    ['a content type of nonsense', 'text/;;=', 'a=b'],
    ['an unknown charset', 'application/x-www-form-urlencoded; charset=utf-77', 'a=b'],
    ['many fields', FORM['content-type'], 'a=1&'.repeat(5000)],
    ['deep brackets', FORM['content-type'], `a${'[x]'.repeat(5000)}=1`],
    ['60 KiB', FORM['content-type'], `a=${'x'.repeat(60 * 1024)}`],
    ['100 KiB', FORM['content-type'], `a=${'x'.repeat(100 * 1024)}`],
    ['nothing', FORM['content-type'], ''],
  ])('%s as the body of every form', async (_what, type, body) => {
    const paths = [...new Set(endpoints().map(([, path]) => path)), '/oidc/nowhere', '/nowhere'];
    const answers: string[] = [];
    for (const path of paths) {
      for (const encoding of [{}, { 'content-encoding': 'gzip' }]) {
        const headers = { 'content-type': type, origin: world.issuer, ...encoding };
        const answer = await rawRequest(world.issuer, 'POST', path, { headers, body });
        if (answer.status >= 500) answers.push(`${answer.status} ${path}`);
      }
    }
    expect(answers).toEqual([]);
  });

  it.each([
    ['authorization', ['Bearer', 'Bearer a b', 'Basic =', 'Basic Og==', 'DPoP x', 'x'.repeat(8000)]],
    ['dpop', ['a.b.c', 'e30.e30.', '..', 'x'.repeat(8000)]],
    ['cookie', ['idp_session=%00', 'idp_session=a; idp_session.sig=b', ';;;=', 'x='.repeat(3000)]],
    ['accept', ['*/*;q=x', ',,,', 'text/html;q=9e999']],
    ['accept-language', ['-', 'zh;q=', 'x'.repeat(8000)]],
    ['x-forwarded-for', ["'", '::::::', 'x'.repeat(8000)]],
    ['host', ['', 'evil host', '[::', 'a@b', '%00']],
    ['origin', ['null', 'http://', '%', 'https://evil.test']],
    ['range', ['bytes=9-1', 'bytes=0-999999999999', 'bytes=x']],
    ['content-length', ['0']],
  ] as [string, string[]][])('a strange %s header', async (header, values) => {
    const answers: string[] = [];
    for (const value of values) {
      for (const [method, path, parameters, journey] of endpoints()) {
        const headers = { ...FORM, origin: world.issuer, cookie: cookie(journey, path), [header]: value };
        const target = method === 'GET' ? `${path}?${query(parameters)}` : path;
        const body = method === 'GET' || header === 'content-length' ? {} : { body: query(parameters) };
        const answer = await rawRequest(world.issuer, method, target, { headers, ...body });
        if (answer.status >= 500) answers.push(`${answer.status} ${method} ${path} ${value.slice(0, 40)}`);
      }
    }
    expect(answers).toEqual([]);
  });

  it.each([
    ['NUL', String.raw`{"id_token":{"acr":{"values":["\u0000"]}}}`],
    ['a lone surrogate', String.raw`{"id_token":{"acr":{"values":["\ud800"]}}}`],
    ['six thousand brackets', `{"id_token":{"acr":{"x":${'['.repeat(6000)}${']'.repeat(6000)}}}}`],
    ['the wrong kinds', '{"id_token":[],"userinfo":7}'],
  ])('a pushed `claims` with %s', async (_what, claims) => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const body = query({ ...parametersOf('lab-app'), claims, account: LAB_1 });
    const pushed = await rawRequest(world.issuer, 'POST', '/oidc/par', { headers: basic(), body });
    expect(pushed.status).toBeLessThan(500);
    const { request_uri: requestUri } = JSON.parse(pushed.body) as { request_uri?: string };
    if (requestUri === undefined) return;
    const browser = browserOf(world);
    const url = `${world.issuer}/oidc/auth?${query({ client_id: 'lab-app', request_uri: requestUri })}`;
    let page = await browser.open(url);
    expect(page.status).toBeLessThan(500);
    if (page.url.pathname.startsWith('/interaction/')) page = await signIn(browser, 'demo.nurse');
    expect(page.status).toBeLessThan(500);
    const code = page.url.searchParams.get('code');
    if (code === null) return;
    const { redirectUri } = rp;
    const redeemed = await rawRequest(world.issuer, 'POST', '/oidc/token', {
      headers: basic(),
      body: query({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: 'x'.repeat(43),
      }),
    });
    expect(redeemed.status).toBe(400);
  });

  it('and after all this it is ready, signs people in, and has logged no failure', async () => {
    expect((await rawRequest(world.issuer, 'GET', '/readyz')).status).toBe(200);
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const at = await rp.authorize(browserOf(world), {}, { loginName: 'demo.nurse', account: LAB_1 });
    const { access_token: token } = await rp.redeem(at);
    expect(await oidc.tokenIntrospection(rp.config, token)).toMatchObject({ active: true });
    await eventually(() => expect(world.replicas[0]?.output()).not.toContain('"level":50'));
  });

  type Endpoint = [method: string, path: string, parameters: Record<string, string>, journey?: Journey];

  function endpoints(): Endpoint[] {
    const client = { client_id: 'third-app', client_secret: CLIENT_SECRET };
    const exchange = { subject_token: 'x', subject_token_type: ACCESS_TOKEN, account: LAB_1 };
    const assertion = { client_assertion: 'a.b.c', client_assertion_type: 'x' };
    const further = { max_age: '1', ui_locales: 'en', acr_values: 'a', login_hint: 'a', claims: '{}' };
    const asked = {
      ...parametersOf('spa-app'),
      ...further,
      id_token_hint: 'a.b.c',
      resource: 'a',
      account: 'a',
    };
    const choice = { account: 'a' };
    const form = `/interaction/${uid}`;
    return [
      ['GET', '/oidc/auth', asked],
      ['GET', '/oidc/auth', { ...asked, prompt: 'none', request_uri: 'urn:x', request: 'a.b.c' }, signedIn],
      ['POST', '/oidc/par', { ...asked, ...client }],
      ['POST', '/oidc/token', { grant_type: 'authorization_code', code: 'x', code_verifier: 'x', ...client }],
      ['POST', '/oidc/token', { grant_type: 'refresh_token', refresh_token: 'x', scope: 'x', ...client }],
      ['POST', '/oidc/token', { grant_type: EXCHANGE, scope: 'x', resource: 'x', ...exchange, ...client }],
      ['POST', '/oidc/token', { grant_type: 'client_credentials', ...assertion }],
      ['POST', '/oidc/introspection', { token: 'x', token_type_hint: 'x', ...client }],
      ['POST', '/oidc/revocation', { token: 'x', token_type_hint: 'x', ...client }],
      ['POST', '/oidc/userinfo', { access_token: 'x' }],
      [
        'GET',
        '/oidc/logout',
        { id_token_hint: 'a.b.c', state: 'x', post_logout_redirect_uri: 'x' },
        signedIn,
      ],
      ['GET', '/oidc/logout', { client_id: 'lab-app', logout_hint: 'x', state: 'x' }, signedIn],
      ['POST', '/oidc/logout/confirm', { xsrf: 'x', logout: 'x' }, signedIn],
      ['GET', '/oidc/logout/success', { client_id: 'x' }],
      ['POST', `${form}/password`, { account: 'a', password: 'b', captcha: 'c' }, signedOut],
      ['POST', `${form}/captcha`, choice, signedOut],
      ['POST', `${form}/second-factor`, { code: '1' }, signedOut],
      ['POST', `${form}/password-change`, { new_password: 'a', repeat_password: 'a' }, signedOut],
      ['POST', `${form}/account`, choice, signedOut],
      ['POST', `${form}/consent`, { decision: 'allow' }, signedOut],
      ['GET', form, { q: 'x', page: '1', lang: 'en' }, signedOut],
      ['GET', '/', { lang: 'en', q: 'x' }, signedIn],
      ...WORDS.map(([, word]): Endpoint => ['POST', `/accounts/${word}/entry`, choice, signedIn]),
      ...WORDS.map(([, word]): Endpoint => [
        'GET',
        `/interaction/${word}/captcha.png`,
        { v: '1' },
        signedOut,
      ]),
    ];
  }

  function parametersOf(clientId: string): Record<string, string> {
    return {
      client_id: clientId,
      response_type: 'code',
      response_mode: 'query',
      scope: 'openid subsystem_account',
      redirect_uri: `${world.rpOrigin}/callback`,
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
      state: 's',
      nonce: 'n',
    };
  }

  const authorization = (): string => `/oidc/auth?${query(parametersOf('spa-app'))}`;
  const query = (parameters: Record<string, string>): string => new URLSearchParams(parameters).toString();
  const cookie = (journey: Journey | undefined, path: string): string =>
    journey?.jar.header(new URL(path.split('?')[0]?.replaceAll('%', '') ?? '/', world.issuer)) ?? '';
  const basic = () => ({
    ...FORM,
    authorization: `Basic ${Buffer.from(`lab-app:${CLIENT_SECRET}`).toString('base64')}`,
  });

  async function send(method: string, path: string, body: string | undefined, journey?: Journey) {
    const headers = { ...FORM, origin: world.issuer, cookie: cookie(journey, path) };
    return rawRequest(world.issuer, method, path, { headers, ...(body !== undefined && { body }) });
  }
});
