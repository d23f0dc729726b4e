import { decodeJwt } from 'jose';
import { type CibaWorld, CIBA_GRANT, startCibaWorld } from '../support/ciba.ts';
import { browserOf, post } from '../support/relying-party.ts';

const LAB_1 = 'P@00000001P@lab_01';
const LAB_2 = 'P@00000001P@lab_02';
const LEAD = 'P@00000001P@lab_03';
const MFA = 'urn:single-entry:acr:mfa';

describe('OpenID Connect CIBA Core 1.0: answering and fetching', () => {
  let world: CibaWorld;

  beforeAll(async () => {
    world = await startCibaWorld();
  });
  afterAll(() => world.stop());
  beforeEach(() => world.forget());

  it('CIBA §10.1, §11: pending, too hasty, approved in the portal, then tokens of the account chosen', async () => {
    const asked = await world.ask({
      scope: 'openid profile subsystem_account lab:read admin:all',
      resource: 'https://lab.example/api',
      binding_message: 'W4SCT-7',
      nonce: 'n-1',
    });
    expect((await world.fetchTokens(asked.auth_req_id)).body).toMatchObject({
      error: 'authorization_pending',
    });
    expect(await world.fetchTokens(asked.auth_req_id, world.replicaUrls[1])).toMatchObject({
      status: 400,
      body: { error: 'slow_down' },
    });
    const browser = await world.signedIn();
    expect((await browser.open(`${world.issuer}/`)).text).toContain('有 1 個登入請求等您核准');
    expect((await browser.open(`${world.issuer}/account/messages`)).text).toContain(
      '「測試lab」請您核准登入',
    );
    const page = await world.openNewest(browser);
    for (const shown of ['測試lab', 'W4SCT-7', '您的姓名', '實驗一', '實驗二'])
      expect(page.text).toContain(shown);
    expect(page.text).toContain('lab:read');
    expect(page.text).not.toContain('admin:all');
    const unchosen = await world.press(browser, 'approve');
    expect([unchosen.status, unchosen.text]).toEqual([
      422,
      expect.stringContaining('請選擇要以哪個業務帳號進入'),
    ]);
    const foreign = await world.press(browser, 'approve', 'P@00000001P@spa_01');
    expect([foreign.status, foreign.text]).toEqual([422, expect.stringContaining('目前無法使用')]);
    expect((await world.press(browser, 'approve', LAB_2)).text).toContain('已核准登入');
    expect((await browser.open(`${world.issuer}/account/messages`)).text).toContain(
      '您核准了「測試lab」的登入',
    );

    const { status, body } = await world.fetchTokens(asked.auth_req_id);
    expect(status).toBe(200);
    const claims = decodeJwt(body['id_token'] as string);
    expect(claims).toMatchObject({
      acr: 'urn:single-entry:acr:password',
      amr: ['pwd'],
      nonce: 'n-1',
      subsystem_account: { id: LAB_2 },
      auth_time: expect.any(Number),
    });
    expect(claims).not.toHaveProperty('sid');
    expect((await world.userinfo(body['access_token'] as string)).body).toMatchObject({
      sub: claims.sub,
      subsystem_account: { id: LAB_2 },
    });
    expect((await world.refresh(body['refresh_token'] as string)).status).toBe(200);
    const audit = await world.database.db
      .selectFrom('audit_event')
      .select(['type', 'to_subsystem_account_id'])
      .where('type', 'like', 'ciba_request.%')
      .orderBy('id', 'desc')
      .limit(3)
      .execute();
    expect(audit).toEqual([
      { type: 'ciba_request.redeemed', to_subsystem_account_id: null },
      { type: 'ciba_request.approved', to_subsystem_account_id: LAB_2 },
      { type: 'ciba_request.made', to_subsystem_account_id: null },
    ]);
  });

  it('CIBA §10.1: a request is answered once and redeemed once, however many try at two replicas', async () => {
    const asked = await world.ask();
    const browser = await world.signedIn();
    const page = await world.openNewest(browser);
    const tabs = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const tab = browserOf(world, browser);
        await tab.open(page.url.href);
        return tab;
      }),
    );
    const pages = await Promise.all(tabs.map((tab) => world.press(tab, 'approve', LAB_1)));
    expect(new Set(pages.map(({ text }) => text.includes('已核准登入')))).toEqual(new Set([true]));
    const { db } = world.database;
    const grants = () =>
      db.selectFrom('oidc_grant').select('id').where('client_id', '=', 'lab-app').execute();
    const made = (await grants()).length;
    expect((await browser.open(page.url.href)).text).toContain('已核准登入');

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_none, at) =>
        world.fetchTokens(asked.auth_req_id, world.replicaUrls[at % 2]),
      ),
    );
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    const errors = answers.filter(({ status }) => status !== 200).map(({ body }) => body['error']);
    expect(new Set(errors)).toEqual(new Set(['invalid_grant']));
    expect((await world.fetchTokens(asked.auth_req_id)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await world.userinfo(won[0]?.body['access_token'] as string)).status).toBe(401);
    expect((await grants()).length).toBe(made - 1);
  });

  it('CIBA §11: access_denied, expired_token, and invalid_grant for what is unknown or another client’s', async () => {
    const refused = await world.ask();
    const browser = await world.signedIn();
    await world.openNewest(browser);
    expect((await world.press(browser, 'refuse')).text).toContain('已拒絕登入');
    for (const _again of [1, 2]) {
      expect((await world.fetchTokens(refused.auth_req_id)).body).toMatchObject({ error: 'access_denied' });
    }
    await world.ask();
    const page = await world.openNewest(browser);
    await world.expire();
    expect((await world.press(browser, 'approve', LAB_1)).text).toContain('登入請求已過期');
    expect((await browser.open(page.url.href)).text).toContain('登入請求已過期');
    expect((await world.fetchTokens('unknown-unknown-unknown-unknown-unknown-un')).body).toMatchObject({
      error: 'invalid_grant',
    });
    const foreign = await post(
      world,
      '/oidc/token',
      { grant_type: CIBA_GRANT, auth_req_id: refused.auth_req_id },
      { clientId: 'service-app' },
    );
    expect(foreign.body).toMatchObject({ error: 'unauthorized_client' });
  });

  it('A4: a request is its person’s alone: for everybody else it is not there, to see, approve or refuse', async () => {
    const asked = await world.ask();
    const page = await world.openNewest(await world.signedIn());
    const other = await world.signedIn('demo.manager');
    expect((await other.open(page.url.href)).status).toBe(404);
    for (const deed of ['approval', 'refusal']) {
      const response = await fetch(`${page.url.href}/${deed}`, {
        method: 'POST',
        headers: { cookie: other.jar.header(page.url), origin: world.issuer },
      });
      expect(response.status).toBe(404);
    }
    expect((await browserOf(world).open(page.url.href)).url.pathname).toMatch(/^\/interaction\//);
    expect((await world.fetchTokens(asked.auth_req_id)).body).toMatchObject({
      error: 'authorization_pending',
    });
  });

  it('an approval wants a sign-in of the last minutes, and the factor that client and account ask for', async () => {
    const { db } = world.database;
    const asked = await world.ask({ acr_values: MFA });
    const weak = await world.signedIn();
    expect((await world.openNewest(weak)).text).toContain('須以第二步驗證登入');
    await world.press(weak, 'refuse');
    expect((await world.fetchTokens(asked.auth_req_id)).body).toMatchObject({ error: 'access_denied' });

    await world.ask();
    const old = await world.signedIn();
    await world.openNewest(old);
    const then = new Date(Date.now() - 6 * 60_000);
    await world.database.query(
      `update oidc_session set login_at = $1, payload = jsonb_set(payload, '{loginTs}', to_jsonb($2::int))`,
      [then, Math.floor(then.getTime() / 1000)],
    );
    const again = await world.press(old, 'approve', LAB_1);
    expect(again.url.pathname).toMatch(/^\/interaction\//);
    const lead = await world.press(await openedBy(), 'approve', LEAD);
    expect(lead.url.pathname).toMatch(/^\/interaction\//);

    const manager = await db
      .selectFrom('account')
      .select('id')
      .where('login_name', '=', 'demo.manager')
      .executeTakeFirstOrThrow();
    const nurse = await db
      .selectFrom('subsystem_account')
      .select('account_id')
      .where('id', '=', LEAD)
      .executeTakeFirstOrThrow();
    const moveTo = async (accountId: string | null) => {
      await db
        .updateTable('subsystem_account')
        .set({ account_id: accountId })
        .where('id', '=', LEAD)
        .execute();
      await db
        .updateTable('binding')
        .set({ account_id: accountId ?? '' })
        .where('subsystem_account_id', '=', LEAD)
        .execute();
    };
    await moveTo(manager.id);
    const strong = await world.ask({ login_hint: 'demo.manager' });
    const browser = await world.signedIn('demo.manager');
    expect((await world.openNewest(browser)).text).toContain('實驗三');
    expect((await world.press(browser, 'approve')).text).toContain('已核准登入');
    const { body } = await world.fetchTokens(strong.auth_req_id);
    expect(decodeJwt(body['id_token'] as string)).toMatchObject({
      acr: MFA,
      subsystem_account: { id: LEAD },
    });
    await moveTo(nurse.account_id);
  });

  async function openedBy() {
    const browser = await world.signedIn();
    await world.openNewest(browser);
    return browser;
  }

  it('E5: it is listed where sessions are, and its person ends it there, nobody else', async () => {
    const tokens = await world.tokensFor(LAB_1);
    const browser = await world.signedIn();
    const page = await browser.open(`${world.issuer}/account/sessions`);
    for (const shown of ['沒有瀏覽器的登入', '測試lab', '實驗一']) expect(page.text).toContain(shown);
    const [action = ''] = page.forms.map((form) => form.action).filter((path) => path.includes('/grants/'));
    const other = await world.signedIn('demo.manager');
    const stolen = await fetch(new URL(action, world.issuer), {
      method: 'POST',
      headers: { cookie: other.jar.header(page.url), origin: world.issuer },
    });
    expect(stolen.status).toBe(404);
    expect((await world.userinfo(tokens.access_token)).status).toBe(200);
    expect((await browser.submit((form) => form.action === action)).text).toContain('已結束');
    expect((await world.userinfo(tokens.access_token)).status).toBe(401);
    expect((await world.refresh(tokens.refresh_token)).body).toMatchObject({ error: 'invalid_grant' });
  });

  it('it outlives sign-out and dies with unbinding, disabling and signing out everywhere, fetched or not', async () => {
    const { db } = world.database;
    const tokens = await world.tokensFor(LAB_1);
    const approved = await world.ask();
    const browser = await openedBy();
    await world.press(browser, 'approve', LAB_1);
    await browser.open(`${world.issuer}/`);
    await browser.submit((form) => form.action.endsWith('/sign-out'));
    expect((await world.userinfo(tokens.access_token)).status).toBe(200);
    const binding = await db
      .deleteFrom('binding')
      .where('subsystem_account_id', '=', LAB_1)
      .returningAll()
      .executeTakeFirstOrThrow();
    expect((await world.userinfo(tokens.access_token)).status).toBe(401);
    expect((await world.refresh(tokens.refresh_token)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await world.fetchTokens(approved.auth_req_id)).body).toMatchObject({ error: 'invalid_grant' });
    await db.insertInto('binding').values(binding).execute();

    const kept = await world.tokensFor(LAB_2);
    const everywhere = await world.signedIn();
    await world.signedIn();
    await everywhere.open(`${world.issuer}/account/sessions`);
    await everywhere.submit((form) => form.action.endsWith('/others/removal'));
    expect((await world.userinfo(kept.access_token)).status).toBe(401);

    const last = await world.tokensFor(LAB_2);
    const waiting = await world.ask();
    const opened = await openedBy();
    expect(await world.command('accounts', 'disable', 'demo.nurse', '--reason', 'left')).toMatchObject({
      code: 0,
    });
    expect((await world.press(opened, 'approve', LAB_2)).url.pathname).toMatch(/^\/interaction\//);
    expect((await world.userinfo(last.access_token)).status).toBe(401);
    expect((await world.fetchTokens(waiting.auth_req_id)).body).toMatchObject({
      error: 'authorization_pending',
    });
    await world.command('accounts', 'enable', 'demo.nurse', '--reason', 'back');
  });
});
