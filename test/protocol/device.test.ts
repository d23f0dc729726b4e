import { decodeJwt } from 'jose';
import { type DeviceWorld, DEVICE_GRANT, startDeviceWorld } from '../support/device.ts';
import { browserOf, createRelyingParty, post } from '../support/relying-party.ts';

const LAB_1 = 'P@00000001P@lab_01';
const LAB_2 = 'P@00000001P@lab_02';
const DAY = 86_400;

describe('RFC 8628: the device grant', () => {
  let world: DeviceWorld;

  beforeAll(async () => {
    world = await startDeviceWorld();
  });
  afterAll(() => world.stop());
  beforeEach(() => world.database.db.deleteFrom('attempt_throttle').execute());

  it('§3.1, §3.2: only a client whose manifest lists the grant is given a code, with all a device needs', async () => {
    const refused = await post(
      world,
      '/oidc/device_authorization',
      { scope: 'openid', client_id: 'spa-app' },
      {},
    );
    expect(refused).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
    // RFC 9396: nobody would see the details
    const details = { scope: 'openid', authorization_details: '[{"type":"x"}]' };
    const rich = await post(world, '/oidc/device_authorization', details, { clientId: 'lab-app' });
    expect(rich).toMatchObject({ status: 400, body: { error: 'invalid_authorization_details' } });
    const asked = await world.ask();
    expect(asked).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/),
      user_code: expect.stringMatching(/^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/),
      verification_uri: `${world.issuer}/oidc/device`,
      verification_uri_complete: `${world.issuer}/oidc/device?user_code=${asked.user_code}`,
      expires_in: 600,
      interval: 5,
    });
    const discovery = (await (
      await fetch(`${world.issuer}/.well-known/openid-configuration`)
    ).json()) as Record<string, unknown>;
    expect(discovery['device_authorization_endpoint']).toBe(`${world.issuer}/oidc/device_authorization`);
  });

  it('§3.3, §3.3.1: the complete address only fills in the code; the person sees who asks before anything else', async () => {
    const asked = await world.ask();
    const browser = browserOf(world);
    const filled = await browser.open(asked.verification_uri_complete);
    expect(filled.forms.find((form) => 'user_code' in form.fields)?.fields['user_code']).toBe(
      asked.user_code,
    );
    expect(filled.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect((await world.fetchTokens(asked.device_code)).body).toMatchObject({
      error: 'authorization_pending',
    });
    const confirmation = await browser.submit((form) => 'user_code' in form.fields);
    expect(confirmation.text).toContain('測試lab');
    expect(confirmation.text).toContain(asked.user_code);
    expect(confirmation.text).toMatch(/127\.0\.0\.1|::1/);
    expect(confirmation.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    const lower = await world.typeCode(browserOf(world), asked.user_code.toLowerCase().replace('-', ' '));
    expect(lower.text).toContain(asked.user_code);
  });

  it('§3.4, §3.5: pending, too hasty, then tokens of the account chosen, in no session’s name', async () => {
    const asked = await world.ask();
    expect((await world.fetchTokens(asked.device_code)).body).toMatchObject({
      error: 'authorization_pending',
    });
    const hasty = await world.fetchTokens(asked.device_code, world.replicaUrls[1]);
    expect(hasty).toMatchObject({ status: 400, body: { error: 'slow_down' } });
    await world.database.db
      .updateTable('oidc_waiting')
      .set({ polled_at: new Date(Date.now() - 9500) })
      .execute();
    expect((await world.fetchTokens(asked.device_code)).body).toMatchObject({
      error: 'authorization_pending',
    });

    const page = await world.approve(asked.user_code, LAB_2);
    expect(page.url.pathname).toMatch(/^\/oidc\/device\//);
    expect(page.text).toContain('裝置已登入');
    const { status, body } = await world.fetchTokens(asked.device_code);
    expect(status).toBe(200);
    const claims = decodeJwt(body['id_token'] as string);
    expect(claims).toMatchObject({
      acr: 'urn:single-entry:acr:password',
      subsystem_account: { id: LAB_2 },
      auth_time: expect.any(Number),
    });
    expect(claims).not.toHaveProperty('sid');
    const grants = await world.database.db
      .selectFrom('oidc_grant')
      .select(['session_uid', 'expires_at'])
      .where('subsystem_account_id', '=', LAB_2)
      .execute();
    expect(grants).toHaveLength(1);
    expect(grants[0]?.session_uid).toBeNull();
    expect(Number(grants[0]?.expires_at)).toBeGreaterThan(Date.now() + 29 * DAY * 1000);
    expect((await world.userinfo(body['access_token'] as string)).status).toBe(200);
  });

  it('§3.4: a code is good once: one of 20 at two replicas gets tokens, and a later use ends them', async () => {
    const asked = await world.ask();
    await world.approve(asked.user_code, LAB_1);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_none, at) =>
        world.fetchTokens(asked.device_code, world.replicaUrls[at % 2]),
      ),
    );
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(new Set(refused.map(({ body }) => body['error']))).toEqual(new Set(['invalid_grant']));
    expect(await world.fetchTokens(asked.device_code)).toMatchObject({ body: { error: 'invalid_grant' } });
    expect((await world.userinfo(won[0]?.body['access_token'] as string)).status).toBe(401);
  });

  it('§3.3: of 20 confirmations of one code one begins; a code in use, used or too old says so', async () => {
    const asked = await world.ask();
    const browsers = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const browser = browserOf(world);
        await world.typeCode(browser, asked.user_code);
        return browser;
      }),
    );
    const pages = await Promise.all(browsers.map((browser) => world.press(browser, 'confirm')));
    expect(pages.filter(({ url }) => url.pathname.startsWith('/interaction/'))).toHaveLength(1);
    const rest = pages.filter(({ url }) => !url.pathname.startsWith('/interaction/'));
    expect(new Set(rest.map(({ text }) => text.includes('代碼已使用過')))).toEqual(new Set([true]));
    expect((await world.typeCode(browserOf(world), asked.user_code)).text).toContain('代碼已使用過');

    const late = await world.ask();
    await world.expire(late.device_code);
    expect((await world.typeCode(browserOf(world), late.user_code)).text).toContain('代碼已過期');
    expect((await world.fetchTokens(late.device_code)).body).toMatchObject({ error: 'expired_token' });
  });

  it('§3.5: access_denied when the person refuses or goes back, expired_token when nobody comes in time', async () => {
    const refused = await world.ask();
    const browser = browserOf(world);
    await world.typeCode(browser, refused.user_code);
    expect((await world.press(browser, 'abort')).text).toContain('已拒絕裝置登入');
    for (const _again of [1, 2]) {
      expect((await world.fetchTokens(refused.device_code)).body).toMatchObject({ error: 'access_denied' });
    }
    const left = await world.ask();
    await world.typeCode(browser, left.user_code);
    const asked = await world.press(browser, 'confirm');
    expect((await browser.open(`${asked.url.href}/cancel`)).text).toContain('已拒絕裝置登入');
    expect((await world.fetchTokens(left.device_code)).body).toMatchObject({ error: 'access_denied' });
    expect((await world.fetchTokens('unknown-unknown-unknown-unknown-unknown-un')).body).toMatchObject({
      error: 'invalid_grant',
    });
    const foreign = await world.ask();
    const { error } = (
      await post(
        world,
        '/oidc/token',
        { grant_type: DEVICE_GRANT, device_code: foreign.device_code, client_id: 'spa-app' },
        {},
      )
    ).body;
    expect(error).toBe('unauthorized_client');
  });

  it('§5.1: guesses are limited by address and by person, at all replicas together', async () => {
    const { db } = world.database;
    const browser = browserOf(world);
    await browser.open(`${world.issuer}/`);
    const guess = () => world.typeCode(browser, 'BBBB-BBBB');
    for (let at = 0; at < 30; at += 1) expect((await guess()).text).toContain('查無此代碼');
    const asked = await world.ask();
    const locked = await world.typeCode(browser, asked.user_code);
    expect(locked.status).toBe(429);
    expect(locked.text).toContain('輸入錯誤次數過多');
    await db.deleteFrom('attempt_throttle').execute();
    // its form is good: the right code goes through as soon as it may
    expect((await browser.submit((form) => 'user_code' in form.fields)).text).toContain(asked.user_code);

    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const signedIn = browserOf(world);
    await rp.authorize(signedIn, {}, { loginName: 'demo.nurse', account: LAB_1 });
    for (let at = 0; at < 10; at += 1) await world.typeCode(signedIn, 'BBBB-BBBB');
    expect((await world.typeCode(signedIn, asked.user_code)).status).toBe(429);
    expect((await world.typeCode(browserOf(world), asked.user_code)).status).toBe(200);
  });

  it('what waits is sealed: no code, address or scope can be read in the database', async () => {
    const asked = await world.ask();
    const rows = await world.database.db.selectFrom('oidc_waiting').selectAll().execute();
    const text = rows.map((row) => row.payload_sealed.toString('latin1') + JSON.stringify(row)).join(' ');
    const secrets = [
      asked.device_code,
      asked.user_code,
      asked.user_code.replace('-', ''),
      '127.0.0.1',
      'openid',
    ];
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    // and the digest in it opens nothing
    const stolen = rows.map(({ id_digest: id }) => `digest:${id.toString('hex')}`);
    for (const id of stolen.slice(0, 3)) {
      expect((await world.fetchTokens(id)).body).toMatchObject({ error: 'invalid_grant' });
    }
  });
});
