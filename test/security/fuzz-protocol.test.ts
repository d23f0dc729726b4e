import { generateKeyPair } from 'jose';
import { type Target, budgetOf, fuzz } from '../fuzz/engine.ts';
import { headerOf } from '../fuzz/targets.ts';
import { makeProof } from '../support/dpop-proof.ts';
import { eventually } from '../support/eventually.ts';
import { CLIENT_SECRET, type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { applyVariant } from '../support/manifest-variant.ts';
import { FORM, rawRequest } from '../support/raw-http.ts';
import { ACCESS_TOKEN, EXCHANGE, browserOf, createRelyingParty } from '../support/relying-party.ts';
import { type SigningClient, declareSigningClient, makeKey } from '../support/signing-client.ts';

const INPUTS = 40;
const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 0);
const LAB_1 = 'P@00000001P@lab_01';
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const query = (parameters: Record<string, string>): string => new URLSearchParams(parameters).toString();

describe('B16: every protocol endpoint, on nonsense from a seed', () => {
  let world: IdpWorld;
  let client: SigningClient;
  let accessToken: string;
  let idToken: string;

  beforeAll(async () => {
    world = await startIdpWorld({ env: { EXCHANGES_PER_MINUTE: '100000' } });
    await applyVariant(world, 'lab', ({ client: metadata }) => {
      const grant_types = [...(metadata['grant_types'] as string[]), 'urn:openid:params:grant-type:ciba'];
      Object.assign(metadata, { grant_types, backchannel_token_delivery_mode: 'poll' });
    });
    ({ client } = await declareSigningClient(world, 'fuzz', await makeKey('ES256')));
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const at = await rp.authorize(browserOf(world), {}, { loginName: 'demo.nurse', account: LAB_1 });
    const tokens = await rp.redeem(at);
    [accessToken, idToken] = [tokens.access_token, tokens.id_token ?? ''];
  });
  afterAll(() => world.stop());

  it(
    'answers in the standard’s words, never with a failure of its own, and goes on',
    async () => {
      const targets = await protocolTargets();
      const budget = budgetOf(INPUTS, targets.length);
      for (const target of targets) await fuzz(target, budget);
      expect((await rawRequest(world.issuer, 'GET', '/readyz')).status).toBe(200);
      await eventually(() => expect(world.replicas[0]?.output()).not.toContain('"level":50'));
    },
    60_000 + 2000 * SECONDS,
  );

  async function protocolTargets(): Promise<Target[]> {
    const assertion = await client.assertion();
    const exchange = { grant_type: EXCHANGE, subject_token: accessToken, subject_token_type: ACCESS_TOKEN };
    const actor = { actor_token: assertion, actor_token_type: ACCESS_TOKEN };
    const delegation = { ...exchange, ...actor, resource: 'https://lab.example/api', scope: 'lab:read' };
    const asked = {
      ...client.request(),
      ...{ max_age: '1', prompt: 'none', ui_locales: 'en', acr_values: 'a', login_hint: 'a', account: LAB_1 },
      ...{
        claims: '{"id_token":{"acr":{"values":["a"]}}}',
        id_token_hint: idToken,
        resource: 'https://x.test',
      },
      request: await client.requestObject(),
    };
    const forms: [path: string, ...forms: Record<string, string>[]][] = [
      ['/oidc/token', { ...exchange, account: LAB_1, scope: 'openid' }, delegation],
      [
        '/oidc/token',
        { grant_type: 'refresh_token', refresh_token: 'x' },
        { grant_type: 'client_credentials' },
      ],
      [
        '/oidc/token',
        { grant_type: 'authorization_code', code: accessToken, code_verifier: 'v', redirect_uri: 'u' },
      ],
      ['/oidc/token', { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: 'x' }],
      ['/oidc/introspection', { token: accessToken, token_type_hint: 'access_token' }, { token: idToken }],
      ['/oidc/revocation', { token: idToken, token_type_hint: 'refresh_token' }],
      ['/oidc/par', asked],
      [
        '/oidc/backchannel',
        { scope: 'openid', login_hint: 'demo.nurse', binding_message: 'W4SCT', requested_expiry: '60' },
        { scope: 'openid', id_token_hint: idToken, acr_values: 'x', max_age: '1', account: LAB_1 },
      ],
      ['/oidc/token', { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: 'x' }],
      ['/oidc/device_authorization', { scope: 'openid', resource: 'https://x.test' }],
      ['/oidc/auth', asked],
      ['/oidc/logout', { id_token_hint: idToken, post_logout_redirect_uri: 'https://x.test', state: 's' }],
      ['/oidc/nowhere', asked],
    ];
    const target = (
      name: string,
      seeds: string[],
      run: (text: string) => Promise<{ status: number }>,
    ): Target => ({
      name,
      seeds: seeds.map((seed) => Buffer.from(seed)),
      run: async (input) => {
        const { status } = await run(input.toString('latin1'));
        if (status >= 500 || status === 0) throw new Error(`answered ${status}`);
      },
    });
    const post = (path: string, body: string, headers: Record<string, string> = {}) =>
      rawRequest(world.issuer, 'POST', path, {
        headers: { ...FORM, ...headers },
        body: Buffer.from(body, 'latin1'),
      });
    const basic = { authorization: `Basic ${Buffer.from(`lab-app:${CLIENT_SECRET}`).toString('base64')}` };
    const key = await generateKeyPair('ES256', { extractable: true });
    const proof = await makeProof(key, 'POST', `${world.issuer}/oidc/token`);
    const resourceProof = await makeProof(key, 'GET', `${world.issuer}/oidc/userinfo`, { accessToken });
    const userinfo = (headers: Record<string, string>) =>
      rawRequest(world.issuer, 'GET', '/oidc/userinfo', { headers });
    const get = (path: string) => (text: string) =>
      rawRequest(world.issuer, 'GET', `${path}?${text.replaceAll(/[^\x21-\x7e]|#/g, '%00')}`);
    return [
      ...forms.map(([path, ...all]) =>
        target(`form at ${path}`, all.map(query), (text) => post(path, text, basic)),
      ),
      target('authorization request', [query(asked)], get('/oidc/auth')),
      target(
        'end of a session',
        [query({ id_token_hint: idToken, state: 's', client_id: 'lab-app' })],
        get('/oidc/logout'),
      ),
      target('user code', [query({ user_code: 'ABCD-EFGH' })], get('/oidc/device')),
      target('client assertion', [assertion], (text) =>
        post(
          '/oidc/par',
          query({ ...client.request(), client_assertion: text, client_assertion_type: JWT_BEARER }),
        ),
      ),
      target('request object', [asked.request], (text) =>
        post('/oidc/par', query({ client_id: 'lab-app', request: text }), basic),
      ),
      target('JWTs of an exchange', [idToken, assertion, accessToken], (text) =>
        post('/oidc/token', query({ ...delegation, subject_token: text, actor_token: text }), basic),
      ),
      target('DPoP proof', [proof], (text) =>
        post('/oidc/token', query(exchange), { ...basic, dpop: headerOf(Buffer.from(text, 'latin1')) }),
      ),
      target('DPoP proof at a resource', [resourceProof], (text) =>
        userinfo({ authorization: `DPoP ${accessToken}`, dpop: headerOf(Buffer.from(text, 'latin1')) }),
      ),
      target('authorization header', [`Bearer ${accessToken}`, basic.authorization], (text) =>
        userinfo({ authorization: headerOf(Buffer.from(text, 'latin1')) }),
      ),
      target('authentication header', [basic.authorization], (text) =>
        post('/oidc/token', query(exchange), { authorization: headerOf(Buffer.from(text, 'latin1')) }),
      ),
    ];
  }
});
