import { errors } from 'oidc-provider';
import * as oidc from 'openid-client';
import { registrationFeatures } from '#idp/oidc/registration/features.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { signIn } from '../support/journey.ts';
import { browserOf, post } from '../support/relying-party.ts';

const REDIRECT = 'http://127.0.0.1:9/callback';
const NATIVE = { application_type: 'native', redirect_uris: [REDIRECT], client_name: '一個程式' };

type Registered = Record<string, unknown> & {
  client_id: string;
  client_secret: string;
  registration_access_token: string;
  registration_client_uri: string;
};

describe('RFC 7591, RFC 7592, OpenID Connect Registration 1.0: dynamic clients', () => {
  let world: IdpWorld;
  let shared: string;

  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
    shared = (await issue(1000)).token;
  });
  afterAll(() => world.stop());

  const issue = async (clients: number): Promise<{ handle: string; token: string }> => {
    const of = ['--label', 'suite', '--reason', 'a trial', '--clients', String(clients)];
    const run = await world.command('registration', 'tokens', 'issue', ...of);
    expect(run).toMatchObject({ code: 0 });
    const [handle = '', token = ''] = run.output.trim().split('\n').slice(-2);
    return { handle, token };
  };
  const send = async (
    url: string,
    token: string | undefined,
    body?: object,
    method = 'POST',
  ): Promise<{ status: number; body: Registered }> => {
    const response = await fetch(new URL(url, world.issuer), {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Registered };
  };
  const register = (token: string | undefined, body: object) => send('/oidc/register', token, body);
  const registered = async (extra: object = {}): Promise<Registered> => {
    const { status, body } = await register(shared, { ...NATIVE, ...extra });
    expect({ status, body }).toMatchObject({ status: 201 });
    return body;
  };
  const authenticates = async ({ client_id: id, client_secret: secret }: Registered, base?: string) => {
    const basic = Buffer.from(`${id}:${secret}`).toString('base64');
    const { body } = await post(
      world,
      '/oidc/par',
      { client_id: id },
      { headers: { authorization: `Basic ${basic}` }, ...(base !== undefined && { base }) },
    );
    return body['error'] !== 'invalid_client';
  };

  it('RFC 7591 §3: only with a token that operators issued, for as many clients and as long as they said', async () => {
    expect((await register(undefined, NATIVE)).status).toBe(401);
    expect((await register('unknown', NATIVE)).status).toBe(401);
    const revoked = await issue(5);
    await world.command('registration', 'tokens', 'revoke', revoked.handle, '--reason', 'over');
    expect(await register(revoked.token, NATIVE)).toMatchObject({
      status: 401,
      body: { error: 'invalid_token' },
    });
    const expired = await issue(5);
    await world.database.query(
      `update registration_token set expires_at = now() - interval '1 second' where handle = $1`,
      [expired.handle],
    );
    expect((await register(expired.token, NATIVE)).status).toBe(401);

    const { token } = await issue(3);
    const answers = await Promise.all(Array.from({ length: 20 }, () => register(token, NATIVE)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 401]));
    const listed = await world.command('registration', 'tokens', 'list');
    expect(listed.output).toContain('0 left');
  });

  it('RFC 7591 §3.2.1, F16: by default a client may only sign people in; its secret is told once and kept by digest', async () => {
    const client = await registered({
      first_party: true,
      profile: 'fapi2-security',
      client_id: 'mch-app',
      client_secret: 'chosen-by-myself',
    });
    expect(client).toMatchObject({
      client_id: expect.stringMatching(/^dyn_[\w-]{22}$/),
      client_secret: expect.stringMatching(/^[\w-]{43}$/),
      client_secret_expires_at: 0,
      grant_types: ['authorization_code'],
      response_types: ['code'],
      scope: 'openid',
      id_token_signed_response_alg: 'ES256',
      registration_client_uri: `${world.issuer}/oidc/register/${client.client_id}`,
    });
    expect(client).not.toHaveProperty('first_party');
    expect(client).not.toHaveProperty('profile');
    for (const base of world.replicaUrls) expect(await authenticates(client, base)).toBe(true);
    expect(await authenticates({ ...client, client_secret: 'chosen-by-myself' })).toBe(false);
    const row = await world.database.db
      .selectFrom('client')
      .selectAll()
      .where('client_id', '=', client.client_id)
      .executeTakeFirstOrThrow();
    expect(JSON.stringify(row)).not.toContain(client.client_secret);
    expect(row.metadata).toMatchObject({ first_party: false });
    const [record] = await world.database.db
      .selectFrom('audit_event')
      .select(['type'])
      .where('client_id', '=', client.client_id)
      .execute();
    expect(record).toEqual({ type: 'client.added' });
  });

  it('signs a person in who consents, and knows no account of theirs', async () => {
    const client = await registered({ scope: 'openid profile' });
    const config = await oidc.discovery(
      new URL(world.issuer),
      client.client_id,
      {},
      oidc.ClientSecretBasic(client.client_secret),
      { execute: [oidc.allowInsecureRequests] },
    );
    const verifier = oidc.randomPKCECodeVerifier();
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT,
      scope: 'openid profile',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const browser = browserOf(world);
    browser.stopBefore(({ origin }) => origin === 'http://127.0.0.1:9');
    await browser.open(url.href);
    const consent = await signIn(browser, 'demo.nurse');
    expect(consent.text).toContain('一個程式');
    const back = await browser.submit(
      (form) => form.action.endsWith('/consent'),
      {},
      ({ value }) => value === 'allow',
    );
    const tokens = await oidc.authorizationCodeGrant(config, back.url, { pkceCodeVerifier: verifier });
    const claims = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '');
    expect(claims).toMatchObject({ name: expect.any(String) });
    expect(claims).not.toHaveProperty('subsystem_account');

    expect(
      (await send(client.registration_client_uri, client.registration_access_token, undefined, 'DELETE'))
        .status,
    ).toBe(204);
    await expect(oidc.fetchUserInfo(config, tokens.access_token, claims.sub)).rejects.toThrow();
    expect(await authenticates(client)).toBe(false);
  });

  it.each([
    ['a grant for programs', { grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
    [
      'token exchange',
      { grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:token-exchange'] },
      'invalid_client_metadata',
    ],
    [
      'the device grant',
      { grant_types: ['urn:ietf:params:oauth:grant-type:device_code'] },
      'invalid_client_metadata',
    ],
    ['an implicit answer', { response_types: ['id_token'] }, 'invalid_client_metadata'],
    ['no scope, which would be every scope', { scope: '' }, 'invalid_client_metadata'],
    ['accounts of people', { scope: 'openid subsystem_account' }, 'invalid_client_metadata'],
    ['an administrator’s scope', { scope: 'openid accounts:review' }, 'invalid_client_metadata'],
    ['http', { application_type: 'web', redirect_uris: ['http://rp.example/cb'] }, 'invalid_redirect_uri'],
    ['a wildcard', { redirect_uris: ['https://*.example/cb'] }, 'invalid_redirect_uri'],
    ['a fragment', { redirect_uris: ['https://rp.example/cb#x'] }, 'invalid_redirect_uri'],
    ['a user in it', { redirect_uris: ['https://rp.example@evil.example/cb'] }, 'invalid_redirect_uri'],
    ['a scheme of its own', { redirect_uris: ['myapp:/cb'] }, 'invalid_redirect_uri'],
    ['loopback for the web', { application_type: 'web', redirect_uris: [REDIRECT] }, 'invalid_redirect_uri'],
    ['no address', { redirect_uris: [] }, 'invalid_redirect_uri'],
    [
      'a way out that is http',
      { post_logout_redirect_uris: ['http://rp.example/'] },
      'invalid_client_metadata',
    ],
    ['keys over http', { jwks_uri: 'http://rp.example/jwks' }, 'invalid_client_metadata'],
    ['a script for a logo', { logo_uri: 'javascript:alert(1)' }, 'invalid_client_metadata'],
    ['a name of many lines', { client_name: 'a\nb' }, 'invalid_client_metadata'],
    ['a very long name', { client_name: 'a'.repeat(101) }, 'invalid_client_metadata'],
    ['very much', { contacts: ['a'.repeat(17_000)] }, 'invalid_client_metadata'],
  ])('RFC 7591 §3.2.2, A2: %s is refused', async (_what, extra, error) => {
    const left = () =>
      world.database.db
        .selectFrom('registration_token')
        .select('uses_left')
        .where('uses_left', '>', 100)
        .execute();
    const before = await left();
    expect(await register(shared, { ...NATIVE, ...extra })).toMatchObject({ status: 400, body: { error } });
    expect(await left()).toEqual(before);
  });

  it('I1: addresses that we shall ask or call do not lead into our network', async () => {
    const deps = { config: { privateNetworks: false } } as never;
    const rules = registrationFeatures(deps).registration?.policies?.['registered'];
    const ctx = { oidc: { entities: {} } } as never;
    const inside = [
      'https://127.0.0.1/x',
      'https://169.254.169.254/x',
      'https://[::1]/x',
      'https://0x7f.1/x',
    ];
    for (const field of ['jwks_uri', 'backchannel_logout_uri', 'sector_identifier_uri']) {
      for (const uri of inside) {
        const properties = { client_id: 'dyn_x', redirect_uris: ['https://rp.example/cb'], [field]: uri };
        await expect(rules?.(ctx, properties)).rejects.toBeInstanceOf(errors.InvalidClientMetadata);
      }
    }
  });

  it('RFC 7592 §2.1, §2.2: reading and changing take the client’s own token, which each change replaces', async () => {
    const client = await registered();
    const { registration_client_uri: uri, registration_access_token: token } = client;
    const read = await send(uri, token, undefined, 'GET');
    expect(read).toMatchObject({
      status: 200,
      body: { client_id: client.client_id, client_name: '一個程式' },
    });
    expect(read.body).not.toHaveProperty('client_secret');
    const other = await registered();
    expect((await send(uri, other.registration_access_token, undefined, 'GET')).status).toBe(401);
    expect((await send(uri, undefined, undefined, 'GET')).status).toBe(401);

    const change = { ...NATIVE, client_id: client.client_id, client_name: '改名' };
    const wrong = { ...change, client_secret: 'wrong' };
    expect(await send(uri, token, wrong, 'PUT')).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
    const changed = await send(uri, token, { ...change, client_secret: client.client_secret }, 'PUT');
    expect(changed).toMatchObject({ status: 200, body: { client_name: '改名' } });
    expect(changed.body).not.toHaveProperty('client_secret');
    expect(await authenticates(client)).toBe(true);
    expect((await send(uri, token, change, 'PUT')).status).toBe(401);

    const { registration_access_token: next } = changed.body;
    const refused = await send(uri, next, { ...change, grant_types: ['client_credentials'] }, 'PUT');
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } });
    const pairwise = await send(uri, next, { ...change, subject_type: 'pairwise' }, 'PUT');
    expect(pairwise).toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } });
    const all = await Promise.all(Array.from({ length: 20 }, () => send(uri, next, change, 'PUT')));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('J8: a client keeps its sector, so that nobody takes the subjects of another’s host away', async () => {
    const client = await registered({
      application_type: 'web',
      redirect_uris: ['https://victim.example/cb'],
      subject_type: 'pairwise',
    });
    const change = { client_name: '一個程式', client_id: client.client_id, subject_type: 'pairwise' };
    const { registration_client_uri: uri, registration_access_token: token } = client;
    const moved = await send(uri, token, { ...change, redirect_uris: ['https://evil.example/cb'] }, 'PUT');
    expect(moved).toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } });
    const within = { ...change, redirect_uris: ['https://victim.example/other'] };
    expect((await send(uri, token, within, 'PUT')).status).toBe(200);
  });

  it('F12: a disabled client stays disabled, whoever holds its secret or its token', async () => {
    const client = await registered();
    const { registration_client_uri: uri, registration_access_token: token } = client;
    await world.command('clients', 'disable', client.client_id);
    const change = { ...NATIVE, client_id: client.client_id };
    expect((await send(uri, token, change, 'PUT')).status).toBe(401);
    expect((await send(uri, token, undefined, 'GET')).status).toBe(401);
    expect((await send(uri, token, undefined, 'DELETE')).status).toBe(401);
    const { status } = await world.database.db
      .selectFrom('client')
      .select('status')
      .where('client_id', '=', client.client_id)
      .executeTakeFirstOrThrow();
    expect(status).toBe('disabled');
    await world.command('clients', 'enable', client.client_id);
    expect((await send(uri, token, undefined, 'GET')).status).toBe(200);
  });
});
