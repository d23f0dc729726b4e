import * as oidc from 'openid-client';
import { eventually } from '../support/eventually.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { type RelyingParty, browserOf, createRelyingParty } from '../support/relying-party.ts';

const PAGE = '/account/consents';
const WITHDRAWAL = `${PAGE}/third-app/withdrawal`;

describe('A22: what one allowed a system of others can be taken back', () => {
  let world: IdpWorld;
  let third: RelyingParty;
  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
    third = await createRelyingParty(world, 'third-app', {
      authentication: oidc.ClientSecretPost('a-synthetic-client-secret-for-tests'),
    });
  });
  afterAll(() => world.stop());
  beforeEach(async () => {
    await world.database.db.deleteFrom('oidc_grant').execute();
    world.logouts.length = 0;
  });

  const decide = (form: { buttons: { name: string }[] }): boolean =>
    form.buttons.some(({ name }) => name === 'decision');
  /** A browser of the nurse's in which the third party was allowed what it asks for, and what it holds by that. */
  const allow = async (): Promise<{ browser: Journey; token: string; refresh: string }> => {
    const browser = browserOf(world);
    const at = await third.authorize(browser, {}, { loginName: 'demo.nurse' });
    const allowed = await browser.submit(decide, {}, ({ value }) => value === 'allow');
    const tokens = await third.redeem({ callback: allowed.url, verifier: at.verifier });
    return { browser, token: tokens.access_token, refresh: tokens.refresh_token ?? '' };
  };
  const userinfo = async (token: string): Promise<number[]> =>
    Promise.all(
      world.replicaUrls.map(async (base) => {
        const headers = { authorization: `Bearer ${token}` };
        return (await fetch(`${base}/oidc/userinfo`, { headers })).status;
      }),
    );

  it('A22: the page lists who may have what; a withdrawal ends grants and tokens at once and tells the client', async () => {
    const [one, other] = [await allow(), await allow()];
    expect(await userinfo(one.token)).toEqual([200, 200]);
    const page = await one.browser.open(world.issuer + PAGE);
    for (const text of ['測試third', '您的姓名', '您的電子郵件']) expect(page.text).toContain(text);
    const done = await one.browser.submit((form) => form.action === WITHDRAWAL);
    expect(done.text).toContain('已撤回同意');
    expect(done.text).toContain('您沒有同意任何系統取得資料');
    for (const { token, refresh } of [one, other]) {
      expect(await userinfo(token)).toEqual([401, 401]);
      await expect(oidc.refreshTokenGrant(third.config, refresh)).rejects.toMatchObject({
        error: 'invalid_grant',
      });
    }
    await eventually(() => {
      expect(world.logouts.map(({ client }) => client)).toEqual(['third-app', 'third-app']);
    }, 1500);
    expect(new Set(world.logouts.map(({ claims }) => claims['sid'])).size).toBe(2);
    expect((await one.browser.open(world.issuer)).text).toContain('王示範'); // the entry's session goes on
    const silent = await third.authorize(one.browser, { prompt: 'none' });
    expect(silent.callback.searchParams.get('error')).toBe('consent_required');
    await third.authorize(one.browser);
    expect(one.browser.page()?.forms.some(decide)).toBe(true);
  });

  it('A22: once, by its owner, from the page itself; first parties are neither listed nor ended', async () => {
    const { browser, token } = await allow();
    const lab = await createRelyingParty(world, 'lab-app', { pushed: true });
    const { access_token: first } = await lab.redeem(
      await lab.authorize(browser, { account: 'P@00000001P@lab_01' }),
    );
    expect((await browser.open(world.issuer + PAGE)).text).not.toContain('測試lab');
    expect((await forgeForm(world, browser, `${PAGE}/lab-app/withdrawal`, {})).status).toBe(404);
    const foreign = await forgeForm(world, browser, WITHDRAWAL, {}, { origin: 'https://elsewhere.example' });
    expect(foreign.status).toBe(403);
    const stranger = await portalOf(world, 'demo.new');
    expect((await forgeForm(world, stranger, WITHDRAWAL, {})).status).toBe(404);
    expect((await forgeForm(world, browserOf(world), WITHDRAWAL, {})).headers.location).toContain('/sign-in');
    expect(await userinfo(token)).toEqual([200, 200]);

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => forgeForm(world, browser, WITHDRAWAL, {})),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(19);
    const audits = world.database.db.selectFrom('audit_event').select(['client_id', 'details']);
    expect((await audits.where('type', '=', 'consent.withdrawn').execute()).at(-1)).toEqual({
      client_id: 'third-app',
      details: { grantsEnded: 1 },
    });
    expect(await userinfo(first)).toEqual([200, 200]);
    expect(await userinfo(token)).toEqual([401, 401]);
  });

  it('A22: a code under way is worth nothing after the withdrawal', async () => {
    const browser = browserOf(world);
    const at = await third.authorize(browser, {}, { loginName: 'demo.nurse' });
    const allowed = await browser.submit(decide, {}, ({ value }) => value === 'allow');
    expect((await forgeForm(world, browser, WITHDRAWAL, {})).status).toBe(303);
    await expect(third.redeem({ callback: allowed.url, verifier: at.verifier })).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });
});
