import * as oidc from 'openid-client';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { ACCESS_TOKEN, EXCHANGE, browserOf, createRelyingParty, post } from '../support/relying-party.ts';

const LAB_1 = 'P@00000001P@lab_01';
const LAB_2 = 'P@00000001P@lab_02';
const LAB_LEAD = 'P@00000001P@lab_03';

type Parameters = Record<string, string> | [string, string][];

describe('token exchange says no', () => {
  let world: IdpWorld;
  let accessToken: string;
  let refreshToken: string;
  let idToken: string;

  beforeAll(async () => {
    world = await startIdpWorld();
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const at = await rp.authorize(browserOf(world), {}, { loginName: 'demo.nurse', account: LAB_1 });
    const tokens = await rp.redeem(at);
    accessToken = tokens.access_token;
    refreshToken = tokens.refresh_token ?? '';
    idToken = tokens.id_token ?? '';
  });
  afterAll(() => world.stop());

  const exchange = (parameters: Parameters, clientId = 'lab-app') =>
    post(world, '/oidc/token', withType(parameters), { clientId });
  const valid = (extra: Record<string, string> = {}): Record<string, string> => ({
    subject_token: accessToken,
    subject_token_type: ACCESS_TOKEN,
    account: LAB_2,
    ...extra,
  });

  it.each([
    ['is missing', () => ({ subject_token_type: ACCESS_TOKEN, account: LAB_2 })],
    ['is empty', () => valid({ subject_token: '' })],
    ['is repeated', () => [...Object.entries(valid()), ['subject_token', accessToken]]],
    ['is unknown', () => valid({ subject_token: accessToken.replace(/.$/, 'A').replace(/.{2}$/, 'zz') })],
    ['is a refresh token', () => valid({ subject_token: refreshToken })],
    ['is an ID token', () => valid({ subject_token: idToken })],
    [
      'is called another type',
      () => valid({ subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' }),
    ],
    ['comes with an actor', () => valid({ actor_token: accessToken, actor_token_type: ACCESS_TOKEN })],
    [
      'should become another type',
      () => valid({ requested_token_type: 'urn:ietf:params:oauth:token-type:saml2' }),
    ],
    ['comes without an account', () => ({ subject_token: accessToken, subject_token_type: ACCESS_TOKEN })],
  ] as [string, () => Parameters][])('invalid_request: the subject token %s', async (_what, parameters) => {
    expect(await exchange(parameters())).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it('invalid_request: the token was issued to another client', async () => {
    const mch = await createRelyingParty(world, 'mch-app', { pushed: true });
    const at = await mch.authorize(
      browserOf(world),
      {},
      { loginName: 'demo.nurse', account: 'P@00000001P@mbh_01' },
    );
    const { access_token: foreign } = await mch.redeem(at);
    const answer = await exchange(valid({ subject_token: foreign }));
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it('invalid_request: the token was revoked, or its session has ended', async () => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const browser = browserOf(world);
    const at = await rp.authorize(browser, {}, { loginName: 'demo.nurse', account: LAB_1 });
    const { access_token: revoked } = await rp.redeem(at);
    await oidc.tokenRevocation(rp.config, revoked);
    expect(await exchange(valid({ subject_token: revoked }))).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
    const { access_token: orphan } = await rp.redeem(await rp.authorize(browser));
    await browser.open(`${world.issuer}/`);
    await browser.submit((form) => form.action.endsWith('/sign-out'));
    expect(await exchange(valid({ subject_token: orphan }))).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
  });

  it('invalid_target, in the same words, for every account that is not to be had', async () => {
    await world.database.db
      .insertInto('subsystem_account')
      .values(['pending', 'disabled', 'suspended', 'unbound'].map((kind, at) => unavailable(kind, at)))
      .execute();
    await bindTo('demo.nurse', 'P@00000001P@lab_10', 'P@00000001P@lab_11', 'P@00000001P@lab_12');
    const targets = [
      'P@00000001P@lab_10',
      'P@00000001P@lab_11',
      'P@00000001P@lab_12',
      'P@00000001P@lab_13',
      'P@00000001P@mbh_02', // bound, of another subsystem
      'P@00000002P@mbh_01', // another person's
      'P@99999999P@lab_01', // nobody's
      '*',
      "' or true --",
    ];
    const answers = await Promise.all(targets.map((account) => exchange(valid({ account }))));
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
      expect(answer.body).toEqual(answers[0]?.body);
    }
  });

  it('invalid_target: a resource or audience that the client does not declare', async () => {
    const unknown = await exchange(valid({ resource: 'https://elsewhere.example/api' }));
    expect(unknown).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
    const audience = await exchange(valid({ audience: 'mch-app' }));
    expect(audience).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
  });

  it('insufficient_user_authentication: the target’s role wants a second factor', async () => {
    const answer = await exchange(valid({ account: LAB_LEAD }));
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      error: 'insufficient_user_authentication',
      acr_values: 'urn:single-entry:acr:mfa',
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('invalid_scope: broader than the subject token', async () => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const at = await rp.authorize(
      browserOf(world),
      { scope: 'openid subsystem_account' },
      { loginName: 'demo.nurse', account: LAB_1 },
    );
    const { access_token: narrow } = await rp.redeem(at);
    const broader = await exchange(valid({ subject_token: narrow, scope: 'openid profile' }));
    expect(broader).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
    const narrower = await exchange(valid({ subject_token: narrow, scope: 'openid' }));
    expect(narrower).toMatchObject({ status: 200, body: { scope: 'openid' } });
  });

  it('unauthorized_client: a client whose manifest does not allow it', async () => {
    const answer = await exchange(valid(), 'service-app');
    expect(answer).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
  });

  it('invalid_client: a wrong secret', async () => {
    const answer = await post(world, '/oidc/token', withType(valid()), {
      headers: { authorization: `Basic ${Buffer.from('lab-app:wrong').toString('base64')}` },
    });
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('and after all this the token still works', async () => {
    expect(await exchange(valid())).toMatchObject({ status: 200 });
  });

  function withType(parameters: Parameters): [string, string][] {
    const entries = Array.isArray(parameters) ? parameters : Object.entries(parameters);
    return [['grant_type', EXCHANGE], ...entries];
  }

  function unavailable(kind: string, at: number) {
    return {
      id: `P@00000001P@lab_1${at}`,
      subsystem_code: 'lab',
      account_id: null,
      national_id_index: Buffer.alloc(32),
      holder_name: '王示範',
      unit_code: '9876543210',
      role: 'member',
      duty: 'medical',
      status: kind === 'unbound' ? ('active' as const) : (kind as 'pending' | 'disabled' | 'suspended'),
    };
  }

  async function bindTo(loginName: string, ...ids: string[]): Promise<void> {
    const { id } = await world.database.db
      .selectFrom('account')
      .select('id')
      .where('login_name', '=', loginName)
      .executeTakeFirstOrThrow();
    await world.database.db
      .updateTable('subsystem_account')
      .set({ account_id: id })
      .where('id', 'like', 'P@00000001P@lab_1%')
      .execute();
    for (const [at, subsystemAccountId] of ids.entries()) {
      await world.database.db
        .insertInto('binding')
        .values({ subsystem_account_id: subsystemAccountId, account_id: id, name: `測試${at}` })
        .execute();
    }
  }
});
