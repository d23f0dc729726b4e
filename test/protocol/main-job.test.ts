import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { signIn } from '../support/journey.ts';
import { type RelyingParty, browserOf, createRelyingParty, post } from '../support/relying-party.ts';

const LAB_1 = 'P@00000001P@lab_01';
const LAB_2 = 'P@00000001P@lab_02';
const JWT_RESOURCE = 'https://lab.example/api';

interface AccountClaim {
  id: string;
  unit: { code: string };
  menu_roles: string[];
}

describe('SM-16: the main job, driven by openid-client', () => {
  let world: IdpWorld;
  let rp: RelyingParty;

  beforeAll(async () => {
    world = await startIdpWorld();
    rp = await createRelyingParty(world, 'lab-app', { pushed: true });
  });
  afterAll(() => world.stop());

  const accountIn = (claims: unknown): AccountClaim =>
    (claims as { subsystem_account: AccountClaim }).subsystem_account;

  it('signs in by PAR and code, and says the same account everywhere', async () => {
    const browser = browserOf(world);
    const at = await rp.authorize(
      browser,
      { resource: JWT_RESOURCE, scope: 'openid profile email subsystem_account accounts lab:read' },
      { loginName: 'demo.nurse', account: LAB_1 },
    );
    expect(at.callback.searchParams.get('iss')).toBe(world.issuer);
    const tokens = await rp.redeem(at);
    const idToken = tokens.claims();
    const sub = idToken?.sub ?? '';
    expect(accountIn(idToken)).toMatchObject({
      id: LAB_1,
      binding: '實驗一',
      unit: { code: '9876543210', kind: 'hospital' },
      role: 'member',
      duty: 'medical',
      menu_roles: ['reader'],
    });
    expect(idToken).toMatchObject({ acr: 'urn:single-entry:acr:password', amr: ['pwd'] });
    expect(idToken).not.toHaveProperty('name');
    expect(idToken).not.toHaveProperty('email');

    const userinfo = await oidc.fetchUserInfo(rp.config, tokens.access_token, sub);
    const introspection = await oidc.tokenIntrospection(rp.config, tokens.access_token);
    const forApi = await oidc.refreshTokenGrant(rp.config, tokens.refresh_token ?? '', {
      resource: JWT_RESOURCE,
    });
    const jwt = decodeJwt(forApi.access_token);
    expect(accountIn(userinfo)).toEqual(accountIn(idToken));
    expect(accountIn(introspection)).toEqual(accountIn(idToken));
    expect(accountIn(jwt)).toEqual(accountIn(idToken));
    expect(jwt).toMatchObject({
      aud: JWT_RESOURCE,
      scope: 'lab:read',
      acr: 'urn:single-entry:acr:password',
    });
    expect((jwt.exp ?? 0) - (jwt.iat ?? 0)).toBeLessThanOrEqual(300);
    expect(userinfo).toMatchObject({ name: '王示範', email: 'demo.nurse@example.test' });
    expect((userinfo['accounts'] as unknown as AccountClaim[]).map(({ id }) => id)).toEqual([
      'P@00000001P@lab_03',
      LAB_2,
    ]);
    expect(JSON.stringify([idToken, userinfo, introspection, jwt])).not.toMatch(/[A-Z][12]\d{8}/);
  });

  it('switches the account by token exchange: the old tokens die, the session follows, logout arrives', async () => {
    const browser = browserOf(world);
    const at = await rp.authorize(browser, {}, { loginName: 'demo.nurse', account: LAB_1 });
    const before = await rp.redeem(at);
    const sub = before.claims()?.sub ?? '';
    const after = await rp.exchange(before.access_token, LAB_2);
    expect(after).toMatchObject({
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'bearer',
      expires_in: 600,
    });
    const claims = decodeJwt(after.id_token ?? '');
    expect(claims.sub).toBe(sub);
    expect(claims).not.toHaveProperty('act');
    expect(accountIn(claims).id).toBe(LAB_2);
    expect(after.scope?.split(' ').sort()).toEqual(before.scope?.split(' ').sort());

    await expect(oidc.fetchUserInfo(rp.config, before.access_token, sub)).rejects.toThrow();
    expect(await oidc.tokenIntrospection(rp.config, before.access_token)).toEqual({ active: false });
    await expect(oidc.refreshTokenGrant(rp.config, before.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect(accountIn(await oidc.fetchUserInfo(rp.config, after.access_token, sub)).id).toBe(LAB_2);

    const silent = await rp.redeem(await rp.authorize(browser, { prompt: 'none' }));
    expect(accountIn(silent.claims()).id).toBe(LAB_2);

    world.logouts.length = 0;
    await signOutAtThePortal(browser);
    await eventually(() => expect(world.logouts).toHaveLength(1));
    expect(world.logouts[0]).toMatchObject({
      client: 'lab-app',
      claims: { sub, sid: claims['sid'], aud: 'lab-app', iss: world.issuer },
    });
    expect(await oidc.tokenIntrospection(rp.config, silent.access_token)).toEqual({ active: false });
    const gone = await rp.authorize(browser, { prompt: 'none' });
    expect(gone.callback.searchParams.get('error')).toBe('login_required');
  });

  it('keeps one audit record of every exchange, granted or refused, with no token in it', async () => {
    const browser = browserOf(world);
    const tokens = await rp.redeem(
      await rp.authorize(browser, {}, { loginName: 'demo.nurse', account: LAB_1 }),
    );
    const before = await auditsOf();
    await rp.exchange(tokens.access_token, LAB_2);
    await post(
      world,
      '/oidc/token',
      {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: tokens.access_token,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        account: LAB_2,
      },
      { clientId: 'lab-app' },
    );
    const added = (await auditsOf()).slice(before.length);
    expect(added).toHaveLength(2);
    expect(added[0]).toMatchObject({
      outcome: 'success',
      client_id: 'lab-app',
      from_subsystem_account_id: LAB_1,
      to_subsystem_account_id: LAB_2,
    });
    expect(added[1]).toMatchObject({ outcome: 'refused', reason: 'subject_token_invalid' });
    expect(JSON.stringify(added)).not.toContain(tokens.access_token);
  });

  it('enters as the only account without asking, and asks among several', async () => {
    const spa = await createRelyingParty(world, 'spa-app', { authentication: oidc.None() });
    const browser = browserOf(world);
    const tokens = await spa.redeem(await spa.authorize(browser, {}, { loginName: 'demo.nurse' }));
    expect(accountIn(tokens.claims()).id).toBe('P@00000001P@spa_01');
    const lab = await rp.authorize(browser, { prompt: 'none' });
    expect(lab.callback.searchParams.get('error')).toBe('account_selection_required');
    const named = await rp.authorize(browser, { account: LAB_2 });
    expect(accountIn((await rp.redeem(named)).claims()).id).toBe(LAB_2);
  });

  it('OpenID Connect Core §4: a tile begins the sign-in at the client, as the account chosen, hint or none', async () => {
    const browser = browserOf(world);
    await browser.open(`${world.issuer}/sign-in`);
    await signIn(browser, 'demo.nurse');
    const press = async (account: string): Promise<URL> => {
      await browser.open(`${world.issuer}/`);
      const entry = `/accounts/${encodeURIComponent(account)}/entry`;
      return (await browser.submit(({ action }) => action.endsWith(entry))).url;
    };
    const begun = await press(LAB_2);
    expect(begun.origin + begun.pathname).toBe(`${world.rpOrigin}/sign-in`);
    expect(begun.searchParams.get('iss')).toBe(world.issuer);
    expect(begun.searchParams.get('target_link_uri')).toBe(`${world.rpOrigin}/`);
    const hint = begun.searchParams.get('login_hint') ?? '';
    expect(hint).toMatch(/^[\w-]{60,}$/);
    const hinted = await rp.redeem(await rp.authorize(browser, { login_hint: hint }));
    expect(accountIn(hinted.claims()).id).toBe(LAB_2);
    await press(LAB_1);
    const dropped = await rp.redeem(await rp.authorize(browser));
    expect(accountIn(dropped.claims()).id).toBe(LAB_1);
  });

  it('answers interaction_required when the person has no account at the subsystem', async () => {
    const browser = browserOf(world);
    await browser.open(`${world.issuer}/sign-in`);
    await signIn(browser, 'demo.new');
    const at = await rp.authorize(browser, { prompt: 'none' });
    expect(at.callback.searchParams.get('error')).toBe('interaction_required');
    const asked = await rp.authorize(browser);
    expect(asked.callback.pathname).toMatch(/^\/interaction\//);
    expect(browser.page()?.status).toBe(200);
  });

  it('asks a third party’s person for consent once, and honours a refusal', async () => {
    const third = await createRelyingParty(world, 'third-app', {
      authentication: oidc.ClientSecretPost('a-synthetic-client-secret-for-tests'),
    });
    const browser = browserOf(world);
    await third.authorize(browser, {}, { loginName: 'demo.nurse' });
    const hasDecision = (form: { buttons: { name: string }[] }): boolean =>
      form.buttons.some(({ name }) => name === 'decision');
    const refused = await browser.submit(hasDecision, {}, ({ value }) => value === 'deny');
    expect(refused.url.searchParams.get('error')).toBe('access_denied');

    const at = await third.authorize(browser);
    expect(browser.page()?.forms.some(hasDecision)).toBe(true);
    const allowed = await browser.submit(hasDecision, {}, ({ value }) => value === 'allow');
    const tokens = await third.redeem({ callback: allowed.url, verifier: at.verifier });
    expect(accountIn(tokens.claims()).id).toBe('P@00000001P@thr_01');
    const again = await third.authorize(browser, { prompt: 'none' });
    expect(again.callback.searchParams.has('code')).toBe(true);
  });

  async function auditsOf() {
    return world.database.db
      .selectFrom('audit_event')
      .selectAll()
      .where('type', '=', 'account.switched')
      .orderBy('id')
      .execute();
  }

  async function signOutAtThePortal(browser: ReturnType<typeof browserOf>): Promise<void> {
    await browser.open(`${world.issuer}/`);
    await browser.submit((form) => form.action.endsWith('/sign-out'));
  }
});
