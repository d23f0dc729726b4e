import { UnsecuredJWT, decodeJwt } from 'jose';
import { type CibaWorld, startCibaWorld } from '../support/ciba.ts';
import { browserOf, post } from '../support/relying-party.ts';

const LAB_1 = 'P@00000001P@lab_01';
const LAB_2 = 'P@00000001P@lab_02';

describe('OpenID Connect CIBA Core 1.0: asking', () => {
  let world: CibaWorld;

  beforeAll(async () => {
    world = await startCibaWorld();
  });
  afterAll(() => world.stop());
  beforeEach(() => world.forget());

  it('CIBA §4: the metadata says what is offered, and nothing that is not', async () => {
    const response = await fetch(`${world.issuer}/.well-known/openid-configuration`);
    expect(await response.json()).toMatchObject({
      backchannel_authentication_endpoint: `${world.issuer}/oidc/backchannel`,
      backchannel_token_delivery_modes_supported: ['poll', 'ping'],
      backchannel_user_code_parameter_supported: false,
      backchannel_authentication_request_signing_alg_values_supported: expect.arrayContaining(['ES256']),
    });
  });

  it('CIBA §7.1, §7.2, §13: what a client may ask, and how it is refused', async () => {
    const hint = { login_hint: 'demo.nurse' };
    const refusals: [string, Record<string, string>][] = [
      ['invalid_request', { scope: 'openid' }],
      ['invalid_request', { scope: 'openid', ...hint, id_token_hint: 'x' }],
      ['invalid_request', { scope: 'openid', login_hint_token: 'x' }],
      ['invalid_request', { scope: 'openid', id_token_hint: 'no.token.ofours' }],
      ['invalid_request', hint],
      ['invalid_request', { scope: 'profile', ...hint }],
      ['invalid_scope', { scope: 'openid "all"', ...hint }],
      ['invalid_request', { scope: 'openid', ...hint, user_code: '1234' }],
      ['invalid_request', { scope: 'openid', ...hint, requested_expiry: '-1' }],
      ['invalid_request', { scope: 'openid', ...hint, request: 'no.request' }],
      [
        'invalid_request',
        { scope: 'openid', ...hint, request: new UnsecuredJWT({ scope: { toString: 1 } }).encode() },
      ],
      ['invalid_target', { scope: 'openid', ...hint, resource: 'https://elsewhere.example' }],
      ['invalid_binding_message', { scope: 'openid', ...hint, binding_message: 'x'.repeat(65) }],
      ['invalid_binding_message', { scope: 'openid', ...hint, binding_message: 'two\nlines' }],
      ['invalid_binding_message', { scope: 'openid', ...hint, binding_message: 'turned \u202e round' }],
      ['invalid_binding_message', { scope: 'openid', ...hint, binding_message: 'see https://x.test' }],
      // RFC 9396: nobody would see the details
      [
        'invalid_authorization_details',
        { scope: 'openid', ...hint, authorization_details: '[{"type":"x"}]' },
      ],
    ];
    for (const [error, parameters] of refusals) {
      expect([parameters, await world.request(parameters)]).toMatchObject([
        parameters,
        { status: 400, body: { error } },
      ]);
    }
    const foreign = await post(
      world,
      '/oidc/backchannel',
      { scope: 'openid', ...hint },
      { clientId: 'service-app' },
    );
    expect(foreign).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
    const nobody = await post(world, '/oidc/backchannel', { scope: 'openid', ...hint, client_id: 'lab-app' });
    expect(nobody).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(await world.database.db.selectFrom('oidc_waiting').selectAll().execute()).toEqual([]);
  });

  it('CIBA §7.3: the acknowledgement, its time within bounds, and what is kept of it sealed', async () => {
    const asked = await world.ask({ binding_message: '代號 W4SCT-7', requested_expiry: '5' });
    expect(asked).toEqual({
      auth_req_id: expect.stringMatching(/^[\w-]{43}$/),
      expires_in: 30,
      interval: 5,
    });
    expect((await world.ask({ requested_expiry: '86400' })).expires_in).toBe(600);
    const rows = await world.database.db.selectFrom('oidc_waiting').selectAll().execute();
    const text = rows.map((row) => row.payload_sealed.toString('latin1') + JSON.stringify(row)).join(' ');
    expect(
      [asked.auth_req_id, 'W4SCT', '127.0.0.1', 'demo.nurse'].filter((one) => text.includes(one)),
    ).toEqual([]);
  });

  it('CIBA §7.1: by sign-in name, by sub, by an ID token; about anybody else every client is told the same', async () => {
    const { db } = world.database;
    const tokens = await world.tokensFor(LAB_1);
    const { sub = '' } = decodeJwt(tokens.id_token);
    await world.ask({ login_hint: 'DEMO.Nurse ' });
    await world.ask({ login_hint: sub });
    await world.ask({ id_token_hint: tokens.id_token });
    await world.ask({ account: LAB_2 });

    const manager = await db
      .selectFrom('account')
      .select('id')
      .where('login_name', '=', 'demo.manager')
      .executeTakeFirstOrThrow();
    const before = await db.selectFrom('account').selectAll().where('id', '=', sub).executeTakeFirstOrThrow();
    const unknown = async (extra: Record<string, string>) => {
      const { status, body } = await world.request({ scope: 'openid', ...extra });
      return { status, body };
    };
    const same = {
      status: 400,
      body: { error: 'unknown_user_id', error_description: 'could not identify end-user' },
    };
    const strangers = [
      'no.such.person',
      'demo.manager',
      manager.id,
      before.email,
      'A123456789',
      'x'.repeat(500),
    ];
    for (const login_hint of strangers)
      expect([login_hint, await unknown({ login_hint })]).toEqual([login_hint, same]);
    expect(await unknown({ login_hint: 'demo.nurse', account: 'P@00000001P@spa_01' })).toEqual(same);
    await db.updateTable('account').set({ status: 'disabled' }).where('id', '=', sub).execute();
    expect(await unknown({ login_hint: 'demo.nurse' })).toEqual(same);
    await db.updateTable('account').set({ status: 'active' }).where('id', '=', sub).execute();
    const unit = await db
      .selectFrom('subsystem_account')
      .select('unit_code')
      .where('id', '=', LAB_1)
      .executeTakeFirstOrThrow();
    await db.updateTable('unit').set({ status: 'closed' }).where('code', '=', unit.unit_code).execute();
    expect(await unknown({ login_hint: 'demo.nurse' })).toEqual(same);
    await db.updateTable('unit').set({ status: 'active' }).where('code', '=', unit.unit_code).execute();
    await world.ask();
  });

  it('D7: who is locked out by wrong passwords cannot be asked, nor fetched tokens for, as if unknown', async () => {
    const asked = await world.ask();
    const browser = await world.signedIn();
    await world.openNewest(browser);
    await world.press(browser, 'approve', LAB_1);
    for (let at = 0; at < 3; at += 1) {
      const stranger = browserOf(world);
      await stranger.open(`${world.issuer}/sign-in`);
      await stranger.submit((form) => 'captcha' in form.fields, {
        account: 'demo.nurse',
        password: 'Wrong-password-1',
        captcha: '24680',
      });
    }
    const { status, body } = await world.request({ scope: 'openid', login_hint: 'demo.nurse' });
    expect([status, body['error']]).toEqual([400, 'unknown_user_id']);
    expect((await world.fetchTokens(asked.auth_req_id)).body).toMatchObject({ error: 'invalid_grant' });
    await world.database.db.deleteFrom('attempt_throttle').execute();
    expect((await world.fetchTokens(asked.auth_req_id)).status).toBe(200);
  });

  it('A client that guesses, and a person who is asked without end: both are limited at all replicas together', async () => {
    const guess = () => world.request({ scope: 'openid', login_hint: 'no.such.person' });
    const guesses = await Promise.all(Array.from({ length: 29 }, guess));
    expect(new Set(guesses.map(({ status }) => status))).toEqual(new Set([400]));
    expect((await guess()).status).toBe(400);
    const right = await world.request({ scope: 'openid', login_hint: 'demo.nurse' });
    expect(right).toMatchObject({ status: 429, body: { error: 'temporarily_unavailable' } });
    expect(right.headers.get('retry-after')).toBe('600');
    await world.database.db.deleteFrom('attempt_throttle').execute();
    const asked = await Promise.all(
      Array.from({ length: 20 }, () => world.request({ scope: 'openid', login_hint: 'demo.nurse' })),
    );
    expect(asked.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(asked.filter(({ status }) => status === 429)).toHaveLength(10);
  });

  // the last: nothing here makes a closed unit’s people good again
  it.each([
    ['the account is suspended', () => set(`status = 'suspended'`)],
    ['the account becomes another person’s', () => set('account_id = null')],
    ['an administrator closes the unit', closeUnit],
  ])('CIBA §11: %s between approval and fetching: no tokens', async (_what, end) => {
    const of = world.database.db.selectFrom('subsystem_account').where('id', '=', LAB_1);
    const { account_id: owner } = await of.select('account_id').executeTakeFirstOrThrow();
    const asked = await world.ask();
    const browser = await world.signedIn();
    await world.openNewest(browser);
    expect((await world.press(browser, 'approve', LAB_1)).text).toContain('已核准登入');
    await end();
    const { status, body } = await world.fetchTokens(asked.auth_req_id);
    expect([status, body['error']]).toEqual([400, 'invalid_grant']);
    expect(body).not.toHaveProperty('access_token');
    await set(`status = 'active', account_id = '${owner ?? ''}'`);
  });

  const set = (change: string) =>
    world.database.query(`update subsystem_account set ${change} where id = $1`, [LAB_1]);
  async function closeUnit(): Promise<void> {
    const [{ unit_code: unit } = { unit_code: '' }] = await world.database.query<{ unit_code: string }>(
      'select unit_code from subsystem_account where id = $1',
      [LAB_1],
    );
    const hpa = await world.signedIn('demo.hpa');
    await hpa.open(`${world.issuer}/console/units/${unit}/closure`);
    const done = await hpa.submit((form) => 'reason' in form.fields, { reason: '機構歇業' });
    expect(done.url.searchParams.get('done')).toBe('closed');
  }
});
