import { decodeJwt } from 'jose';
import { CIBA_GRANT } from '../support/ciba.ts';
import { DEVICE_GRANT } from '../support/device.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { ACCESS_TOKEN, EXCHANGE, browserOf, post } from '../support/relying-party.ts';
import {
  type ImpersonationWorld,
  LAB_1,
  LAB_API,
  LIST,
  SERVICE_API,
  startImpersonationWorld,
} from './impersonation-world.ts';

/* Operators who act as somebody else: the product's own rules, and RFC 8693 §1.1 and §4.1. */

describe('an operator who acts as somebody else', () => {
  let w: ImpersonationWorld;

  beforeAll(async () => {
    w = await startImpersonationWorld();
  });
  afterAll(() => w.world.stop());
  afterEach(() => w.endAll());

  it.each([
    [
      'oneself',
      {},
      async () =>
        w.query(
          'update account set national_id_index = (select national_id_index from account where login_name = $1) where login_name = $2',
          ['demo.ops', 'demo.nurse'],
        ),
      'own_account',
    ],
    ['whoever manages a subsystem anywhere', {}, async () => w.leads('lead'), 'protected_account'],
    ['an administrator', { account: 'P@00000002P@mbh_01' }, async () => {}, 'protected_account'],
    ['the national agency', { account: 'P@00000004P@mbh_01' }, async () => {}, 'protected_account'],
    [
      'an account that nobody has bound',
      { account: 'P@00000006P@mbh_01' },
      async () => {},
      'account_unavailable',
    ],
    ['an account that is not there', { account: "' or true --" }, async () => {}, 'account_unavailable'],
    [
      'where the manifest does not permit it',
      { account: 'P@00000001P@spa_01' },
      async () => {},
      'not_permitted_there',
    ],
  ] as [string, Record<string, string>, () => Promise<unknown>, string][])(
    'C13: is refused to ask for %s, and that is recorded',
    async (_what, fields, arrange, reason) => {
      const index = await w.query<{ index: Buffer }>(
        'select national_id_index as index from account where id = $1',
        [w.nurseId],
      );
      await arrange();
      try {
        expect((await w.ask(fields)).status).toBe(422);
        expect((await w.audits('impersonation.requested'))[0]).toMatchObject({ outcome: 'refused', reason });
      } finally {
        await w.leads('member');
        await w.query('update account set national_id_index = $1 where id = $2', [
          index[0]?.index,
          w.nurseId,
        ]);
      }
    },
  );

  it('C13, F10: takes two people: not the operator, nobody without the right, and no right that has ended', async () => {
    const id = await w.requested();
    expect((await w.decide(id, 'approve', w.ops)).status).toBe(409);
    const manager = await portalOf(w.world, 'demo.manager');
    expect((await w.decide(id, 'approve', manager)).status).toBe(403);
    expect((await w.ask({}, manager)).status).toBe(403);
    const nurse = await portalOf(w.world, 'demo.nurse');
    expect((await w.decide(id, 'approve', nurse)).status).toBe(403);
    expect(await w.codeOf(id)).toBe('none: 409');

    const answers = await Promise.all(Array.from({ length: 20 }, () => w.decide(id)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
    expect(await w.codeOf(id, w.hpa)).toBe('none: 409');

    const code = await w.codeOf(id);
    await w.query(`update account set role = 'user' where login_name = 'demo.hpa'`);
    const { page } = await w.enter(code);
    await w.query(`update account set role = 'hpa_admin' where login_name = 'demo.hpa'`);
    expect(page.text).toContain('核准人目前沒有核准的權限');
    expect((await w.audits('impersonation.begun'))[0]).toMatchObject({ reason: 'approver_lost' });
  });

  it('C13, F6: an ID number that its owner changed tells nobody apart: neither asks, approves nor begins by it', async () => {
    const declare = (login: string, at: string) =>
      w.query(`update account set national_id_declared_at = ${at} where login_name = $1`, [login]);
    const id = await w.requested();
    for (const login of ['demo.hpa', 'demo.ops']) {
      await declare(login, 'now()');
      const refused = await w.decide(id);
      expect([refused.status, refused.body.includes('須經確認後')]).toEqual([409, true]);
      if (login === 'demo.ops') expect((await w.ask()).status).toBe(422);
      await declare(login, 'null');
    }
    expect((await w.decide(id)).status).toBe(303);
    const code = await w.codeOf(id);
    await declare('demo.hpa', 'now()');
    expect((await w.enter(code)).page.text).toContain('須經確認後');
    await declare('demo.hpa', 'null');
  });

  it('C13: begins once, however often at once, by the newest code alone, in a browser that is signed in to nothing', async () => {
    const id = await w.approved();
    const [old, code] = [await w.codeOf(id), await w.codeOf(id)];
    expect((await w.enter(old)).page.status).toBe(422);
    const taken = await w.enter(code, w.hpa).catch((error: unknown) => String(error));
    expect(taken).toContain('no such form');
    expect((await forgeForm(w.world, w.hpa, '/impersonation', { code })).status).toBe(409);
    const windows = Array.from({ length: 20 }, () => browserOf(w.world));
    const answers = await Promise.all(
      windows.map((each) => forgeForm(w.world, each, '/impersonation', { code })),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(19);
    expect(await w.newest()).toMatchObject({ id, status: 'running' });
    expect((await w.enter(code)).page.status).toBe(422);
    // nobody is two people at once
    const second = await w.approved();
    expect((await w.enter(await w.codeOf(second))).page.text).toContain('您已有進行中的代為登入');
  });

  it('C11, C13: §4.1: stands as act in ID token, userinfo, JWT and introspection, with the operator’s own sign-in, for half an hour at most', async () => {
    const { id, browser, page } = await w.begin();
    expect(page.url.href).toMatch(/\/sign-in\?iss=.*&login_hint=/);
    const tokens = await w.tokensIn(browser);
    const { ends_at: endsAt } = await w.newest();
    const until = Math.floor((endsAt as Date).getTime() / 1000);
    const act = { sub: await w.idOf('demo.ops'), name: '李示範' };
    const mine = { sub: w.nurseId, act, act_until: until };
    const claims = tokens.claims();
    expect(claims).toMatchObject({ ...mine, acr: 'urn:single-entry:acr:mfa' });
    expect(claims?.['amr']).toEqual(expect.arrayContaining(['pwd', 'otp']));
    const { operator_sign_in: signedIn } = await w.newest();
    expect(claims?.auth_time).toBe((signedIn as { at: number }).at);
    expect(claims?.['subsystem_account']).toMatchObject({ id: LAB_1 });

    const told = await w.userinfo(tokens.access_token);
    expect(told.body).toMatchObject({ ...mine, accounts: [] });
    expect(told.body).not.toHaveProperty('email');
    const asked = { token: tokens.access_token };
    const { body } = await post(w.world, '/oidc/introspection', asked, { clientId: 'lab-app' });
    expect(body).toMatchObject({ active: true, ...mine });
    const api = await w.refresh(tokens.refresh_token, { resource: LAB_API });
    const jwt = decodeJwt(String(api.body['access_token']));
    expect(jwt).toMatchObject({ ...mine, aud: LAB_API, scope: 'lab:read' });
    for (const exp of [jwt.exp, claims?.exp, body['exp'] as number]) expect(exp).toBeLessThanOrEqual(until);

    const exchange = { grant_type: EXCHANGE, subject_token: tokens.access_token };
    const delegated = { ...exchange, subject_token_type: ACCESS_TOKEN, resource: SERVICE_API };
    const onward = await post(w.world, '/oidc/token', delegated, { clientId: 'lab-app' });
    expect(decodeJwt(String(onward.body['access_token']))).toMatchObject({
      sub: w.nurseId,
      act: { sub: 'lab-app', act: { sub: act.sub } },
    });

    const entered = (await w.audits('subsystem_account.entered'))[0];
    expect(entered).toMatchObject({ account_id: w.nurseId, actor_account_id: act.sub });
    expect(entered?.details).toMatchObject({ target: `impersonation:${id}` });
    // near its end nothing outlives it
    await w.query(
      `update impersonation set begun_at = now() - interval '29 minutes', ends_at = now() + interval '40 seconds' where id = $1`,
      [id],
    );
    const late = await w.refresh(tokens.refresh_token, { resource: LAB_API });
    expect(Number(late.body['expires_in'])).toBeLessThanOrEqual(40);
    const { exp = 0 } = decodeJwt(String(late.body['id_token'] ?? late.body['access_token']));
    expect(exp * 1000).toBeLessThanOrEqual(Date.now() + 41_000);
  });

  it('C13, C16: opens nothing else: no page of the person’s, no other client, no other account, no question', async () => {
    const { browser } = await w.begin();
    const tokens = await w.tokensIn(browser);
    for (const path of [
      ...[
        'profile',
        'security',
        'sessions',
        'sessions/history',
        'data',
        'consents',
        'password',
        'bindings',
        'sign-in-requests',
      ].map((name) => `/account/${name}`),
      ...['/account/messages', '/account/access-requests', '/console', LIST],
    ]) {
      const answer = await forgeForm(w.world, browser, path, {}, { method: 'GET' });
      expect({ path, status: answer.status }).toEqual({ path, status: 303 });
      expect(String(answer.headers['location'])).toContain('/sign-in');
    }
    const portal = await browser.open(`${w.world.issuer}/sign-in`);
    expect(portal.text).not.toContain('王示範');
    expect((await forgeForm(w.world, browser, '/', {}, { method: 'GET' })).body).not.toContain('王示範');

    const errorOf = async (parameters: Record<string, string>) => {
      const { callback } = await w.lab.authorize(browser, parameters);
      return callback.searchParams.get('error');
    };
    expect(await errorOf({ prompt: 'login' })).toBe('access_denied');
    expect(await errorOf({ prompt: 'select_account' })).toBe('access_denied');
    expect(await errorOf({ prompt: 'consent' })).toBe('access_denied');
    expect(await errorOf({ max_age: '0' })).toBe('access_denied');
    expect(await errorOf({ account: 'P@00000001P@lab_02' })).toBe('access_denied');
    expect(await errorOf({ acr_values: 'urn:single-entry:acr:phishing-resistant' })).toBe('access_denied');
    expect(await errorOf({ prompt: 'none' })).toBeNull();

    const other = new URL('/oidc/auth', w.world.issuer);
    other.search = new URLSearchParams({
      ...{ client_id: 'spa-app', response_type: 'code', redirect_uri: `${w.world.rpOrigin}/callback` },
      ...{ scope: 'openid', code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' },
    }).toString();
    expect((await browser.open(other.href)).url.searchParams.get('error')).toBe('access_denied');

    const device = await post(
      w.world,
      '/oidc/device_authorization',
      { scope: 'openid subsystem_account' },
      { clientId: 'lab-app' },
    );
    await browser.open(`${w.world.issuer}/oidc/device`);
    await browser.submit((form) => 'user_code' in form.fields, {
      user_code: String(device.body['user_code']),
    });
    const confirm = ({ name }: { name: string }) => name === 'confirm';
    await browser.submit((form) => form.buttons.some(confirm), {}, confirm);
    const fetched = await post(
      w.world,
      '/oidc/token',
      { grant_type: DEVICE_GRANT, device_code: String(device.body['device_code']) },
      { clientId: 'lab-app' },
    );
    expect(fetched.status).toBe(400);

    // CIBA: what waits for the person is theirs to answer, in no window that is not theirs
    const hint = { scope: 'openid subsystem_account', login_hint: 'demo.nurse' };
    const asked = await post(w.world, '/oidc/backchannel', hint, { clientId: 'lab-app' });
    expect(asked.status).toBe(200);
    const [{ handle } = { handle: '' }] = await w.query(
      'select handle from oidc_waiting where handle is not null',
    );
    for (const deed of ['approval', 'refusal']) {
      const path = `/account/sign-in-requests/${String(handle)}/${deed}`;
      const answer = await forgeForm(w.world, browser, path, { account: LAB_1 });
      expect([deed, answer.status, answer.headers['location']]).toEqual([
        deed,
        303,
        expect.stringContaining('/sign-in'),
      ]);
    }
    const poll = { grant_type: CIBA_GRANT, auth_req_id: String(asked.body['auth_req_id']) };
    const polled = await post(w.world, '/oidc/token', poll, { clientId: 'lab-app' });
    expect(polled.body).toMatchObject({ error: 'authorization_pending' });

    const again = await w.tokensIn(browser);
    const switching = { subject_token: again.access_token, subject_token_type: ACCESS_TOKEN };
    const switched = await post(
      w.world,
      '/oidc/token',
      { grant_type: EXCHANGE, ...switching, account: 'P@00000001P@lab_02' },
      { clientId: 'lab-app' },
    );
    expect(switched).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
    const directory = {
      resource: `${w.world.issuer}/api/v1`,
      scope: 'openid subsystem_account accounts:read',
    };
    const reading = await w.tokensIn(browser, directory);
    const api = await w.refresh(reading.refresh_token, { resource: directory.resource });
    const people = await fetch(`${w.world.issuer}/api/v1/subsystem-accounts`, {
      headers: w.bearer(String(api.body['access_token'])),
    });
    expect([401, 403]).toContain(people.status);
    expect((await w.refresh(tokens.refresh_token)).status).toBe(400); // the grant before went with the new one
    expect((await w.refresh(reading.refresh_token)).status).toBe(200);
  });
});
