import { createHash } from 'node:crypto';
import { SignJWT, UnsecuredJWT, decodeJwt, decodeProtectedHeader, generateKeyPair } from 'jose';
import * as oidc from 'openid-client';
import { forgeForm } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { eventually } from '../support/eventually.ts';
import type { Journey } from '../support/journey.ts';
import { applyVariant } from '../support/manifest-variant.ts';
import {
  ACCESS_TOKEN,
  EXCHANGE,
  type RelyingParty,
  browserOf,
  createRelyingParty,
  post,
} from '../support/relying-party.ts';

const LAB_1 = 'P@00000001P@lab_01';
const LAB_2 = 'P@00000001P@lab_02';
const LAB_LEAD = 'P@00000001P@lab_03';
const JWT_RESOURCE = 'https://lab.example/api';
const SCOPE = 'openid profile subsystem_account lab:read';

interface Tokens {
  access_token: string;
  refresh_token?: string | undefined;
  id_token?: string | undefined;
}

describe('token exchange, attacked', () => {
  let world: IdpWorld;
  let lab: RelyingParty;

  beforeAll(async () => {
    world = await startIdpWorld();
    lab = await createRelyingParty(world, 'lab-app', { pushed: true });
  });
  afterAll(() => world.stop());

  it.each([
    ['a resource the grant does not have', { resource: JWT_RESOURCE }, 'invalid_target'],
    ['a resource nobody declares', { resource: 'https://evil.test/' }, 'invalid_target'],
    ['every resource', { resource: '*' }, 'invalid_target'],
    ['an audience', { audience: 'mch-app' }, 'invalid_target'],
    ['every audience', { audience: '*' }, 'invalid_target'],
    ['a wider scope', { scope: 'openid email' }, 'invalid_scope'],
    ['a scope of nobody', { scope: 'openid admin' }, 'invalid_scope'],
    ['a scope of a resource the grant does not have', { scope: 'openid lab:read' }, 'invalid_scope'],
    ['a stronger account', { account: LAB_LEAD }, 'insufficient_user_authentication'],
    ['an account of nobody', { account: 'x' }, 'invalid_target'],
    ['another type', { requested_token_type: 'urn:ietf:params:oauth:token-type:jwt' }, 'invalid_request'],
    ['an actor', { actor_token: 'x', actor_token_type: ACCESS_TOKEN }, 'invalid_request'],
    ['no account', { account: '' }, 'invalid_request'],
    ['no subject', { subject_token: '' }, 'invalid_request'],
  ])('refused for %s changes nothing and is one audit record', async (_what, parameters, error) => {
    const { tokens } = await enter({ scope: 'openid profile subsystem_account' });
    const before = await audits();
    const answer = await exchange(tokens.access_token, parameters);
    expect(answer).toMatchObject({ status: 400, body: { error } });
    const added = (await audits()).slice(before.length);
    expect(added).toEqual([expect.objectContaining({ outcome: 'refused', client_id: 'lab-app' })]);
    expect(added[0]?.reason).toMatch(/^\w+$/);
    const introspected = await oidc.tokenIntrospection(lab.config, tokens.access_token);
    expect(introspected).toMatchObject({ active: true, subsystem_account: { id: LAB_1 } });
    const refreshed = await oidc.refreshTokenGrant(lab.config, tokens.refresh_token ?? '');
    expect(decodeJwt(refreshed.id_token ?? '')['subsystem_account']).toMatchObject({ id: LAB_1 });
  });

  it.each([
    ['requested_subject', '00000000-0000-4000-8000-000000000000'],
    ['sub', 'demo.manager'],
    ['username', 'demo.manager'],
    ['client_id', 'mch-app'],
    ['may_act', '{"sub":"lab-app"}'],
    ['subject_issuer', 'https://evil.test'],
  ])('falls back on no other subject because of %s', async (name, value) => {
    const without = await exchange('', { [name]: value, account: LAB_2 });
    expect(without).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const { tokens } = await enter();
    const answer = await exchange(tokens.access_token, { [name]: value });
    if (answer.status === 400) expect(answer.body['error']).toBe('invalid_request');
    else expect(decodeJwt(String(answer.body['id_token'])).sub).toBe(decodeJwt(tokens.id_token ?? '').sub);
  });

  it('takes no JWT as its subject, whoever signed it and whatever it is called', async () => {
    const { tokens, browser } = await enter({ scope: SCOPE, resource: JWT_RESOURCE });
    const forApi = await oidc.refreshTokenGrant(lab.config, tokens.refresh_token ?? '', {
      resource: JWT_RESOURCE,
    });
    expect(decodeProtectedHeader(forApi.access_token).typ).toBe('at+jwt');
    const payload = { ...decodeJwt(forApi.access_token), aud: world.issuer };
    const { privateKey } = await generateKeyPair('ES256');
    const { kid = '' } = decodeProtectedHeader(forApi.access_token);
    const logout = await signOut(browser);
    expect(decodeProtectedHeader(logout).typ).toBe('logout+jwt');
    for (const token of [
      forApi.access_token,
      tokens.id_token ?? '',
      tokens.refresh_token ?? '',
      logout,
      new UnsecuredJWT(payload).encode(),
      await new SignJWT(payload).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid }).sign(privateKey),
    ]) {
      expect(await exchange(token)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    }
  });

  it('gives a token for a resource only with what was granted there, and keeps the other account out', async () => {
    const { tokens } = await enter({ scope: SCOPE, resource: JWT_RESOURCE });
    const answer = await exchange(tokens.access_token, { resource: JWT_RESOURCE });
    expect(answer.status).toBe(200);
    const claims = decodeJwt(String(answer.body['access_token']));
    expect(claims).toMatchObject({ aud: JWT_RESOURCE, scope: 'lab:read', client_id: 'lab-app' });
    expect(claims['subsystem_account']).toMatchObject({ id: LAB_2 });
    expect(claims).not.toHaveProperty('act');
    expect(Number(claims.exp) - Number(claims.iat)).toBeLessThanOrEqual(300);
  });

  it('copies acr, amr and auth_time and never raises them; the step up asked for then does', async () => {
    const { tokens, browser } = await enter();
    const before = decodeJwt(tokens.id_token ?? '');
    const after = await lab.exchange(tokens.access_token, LAB_2);
    const { acr, amr, auth_time: authTime, sid } = before;
    expect(decodeJwt(after.id_token ?? '')).toMatchObject({ acr, amr, auth_time: authTime, sid });
    const refused = await exchange(after.access_token, { account: LAB_LEAD });
    expect(refused.body).toMatchObject({ acr_values: 'urn:single-entry:acr:mfa' });
    const silent = await lab.authorize(browser, { prompt: 'none', account: LAB_LEAD });
    expect(silent.callback.searchParams.get('error')).toMatch(/^(login|interaction)_required$/);
    const asked = await lab.authorize(browser, {
      prompt: 'none',
      acr_values: String(refused.body['acr_values']),
    });
    expect(asked.callback.searchParams.get('error')).toBe('login_required');
  });

  it('ends with the session, however often it was exchanged', async () => {
    const { tokens, browser } = await enter();
    let latest: Tokens = tokens;
    const all: string[] = [];
    for (const account of [LAB_2, LAB_1, LAB_2]) {
      latest = await lab.exchange(latest.access_token, account);
      all.push(latest.access_token);
    }
    const rows = await world.database.db
      .selectFrom('oidc_grant')
      .select(['expires_at', 'session_uid'])
      .where('client_id', '=', 'lab-app')
      .where('session_uid', '=', await sessionOf(browser))
      .execute();
    expect(rows).toHaveLength(1);
    await signOut(browser);
    for (const token of all) {
      expect(await oidc.tokenIntrospection(lab.config, token)).toEqual({ active: false });
      expect((await exchange(token)).body['error']).toBe('invalid_request');
    }
    await expect(oidc.refreshTokenGrant(lab.config, latest.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('leaves nothing alive when it races with signing out', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { tokens, browser } = await enter();
      const [answer, refreshed] = await Promise.all([
        exchange(tokens.access_token),
        oidc.refreshTokenGrant(lab.config, tokens.refresh_token ?? '').catch(() => undefined),
        forgeForm(world, browser, '/sign-out', {}),
      ]);
      const given = [answer.body['access_token'], refreshed?.access_token, tokens.access_token];
      for (const token of given.filter((value): value is string => typeof value === 'string')) {
        expect(await oidc.tokenIntrospection(lab.config, token)).toEqual({ active: false });
      }
    }
    expect(
      await world.database.query(
        'select 1 from oidc_grant g where not exists (select 1 from oidc_session s where s.uid = g.session_uid) and $1',
        [true],
      ),
    ).toEqual([]);
  });

  it('answers as long, as soon and in the same words for every account that is not to be had', async () => {
    const { tokens } = await enter();
    const kinds = ['P@00000001P@mbh_02', 'P@00000002P@mbh_01', 'P@99999999P@lab_01', 'P@00000001P@ccs_01'];
    const times = new Map(kinds.map((kind): [string, number[]] => [kind, []]));
    const seen = new Set<string>();
    for (let round = 0; round < 40; round += 1) {
      for (const account of kinds) {
        const since = performance.now();
        const { status, body, headers } = await exchange(tokens.access_token, { account });
        times.get(account)?.push(performance.now() - since);
        seen.add(JSON.stringify([status, body, headers.get('content-length'), headers.get('content-type')]));
      }
    }
    expect(seen.size).toBe(1);
    const medians = [...times.values()].map((all) => all.sort((a, b) => a - b)[all.length >> 1] ?? 0);
    expect(Math.max(...medians)).toBeLessThan(2 * Math.min(...medians) + 2);
  });

  it('stops what the client may no longer have: a narrower manifest, or the client itself', async () => {
    const { tokens } = await enter({ scope: 'openid profile email subsystem_account' });
    const narrow = await applyVariant(world, 'lab', (manifest) => {
      manifest.client['scope'] = 'openid subsystem_account';
    });
    expect(narrow.code).toBe(0);
    await eventually(async () => {
      const wide = await lab.authorize(browserOf(world), { scope: 'openid email' }).catch(() => undefined);
      expect(wide).toBeUndefined();
    });
    const gone = { status: 400, body: { error: 'invalid_request' } };
    expect(await exchange(tokens.access_token)).toMatchObject(gone);
    await expect(oidc.refreshTokenGrant(lab.config, tokens.refresh_token ?? '')).rejects.toThrow();
    const answer = await exchange((await enter({ scope: 'openid subsystem_account' })).tokens.access_token);
    expect(answer).toMatchObject({ status: 200, body: { scope: 'openid subsystem_account' } });
    const around = await post(
      world,
      '/oidc/par',
      {
        client_id: 'lab-app',
        response_type: 'code',
        scope: 'openid',
        redirect_uri: lab.redirectUri,
        code_challenge: 'A'.repeat(43),
        code_challenge_method: 'S256',
        claims: '{"userinfo":{"email":{"essential":true}},"id_token":{"email":null}}',
      },
      { clientId: 'lab-app' },
    );
    expect(around).toMatchObject({ status: 400, body: { error: 'invalid_request' } });

    await world.command('clients', 'disable', 'lab-app');
    const refreshed = await post(
      world,
      '/oidc/token',
      { grant_type: 'refresh_token', refresh_token: String(answer.body['refresh_token']) },
      { clientId: 'lab-app' },
    );
    expect([400, 401]).toContain(refreshed.status);
    expect([400, 401]).toContain((await exchange(String(answer.body['access_token']))).status);
    await world.command('clients', 'enable', 'lab-app');
    await eventually(async () => expect((await exchange('x')).status).toBe(400));
    expect((await exchange(String(answer.body['access_token']))).body['error']).toBe('invalid_request');
  });

  async function enter(
    parameters: Record<string, string> = {},
  ): Promise<{ tokens: Tokens; browser: Journey }> {
    const browser = browserOf(world);
    const tokens = await lab.redeem(
      await lab.authorize(browser, parameters, { loginName: 'demo.nurse', account: LAB_1 }),
    );
    return { tokens, browser };
  }

  const exchange = (subjectToken: string, more: Record<string, string> = {}) =>
    post(
      world,
      '/oidc/token',
      {
        grant_type: EXCHANGE,
        subject_token: subjectToken,
        subject_token_type: ACCESS_TOKEN,
        account: LAB_2,
        ...more,
      },
      { clientId: 'lab-app' },
    );

  /** @returns the logout token that reached the client */
  async function signOut(browser: Journey): Promise<string> {
    world.logouts.length = 0;
    await forgeForm(world, browser, '/sign-out', {});
    await eventually(() => expect(world.logouts.length).toBeGreaterThan(0));
    return world.logouts[0]?.token ?? '';
  }

  async function sessionOf(browser: Journey): Promise<string> {
    const digest = createHash('sha256')
      .update(browser.jar.get('idp_session') ?? '')
      .digest();
    const { db } = world.database;
    const row = await db
      .selectFrom('oidc_session')
      .select('uid')
      .where('id_digest', '=', digest)
      .executeTakeFirst();
    return row?.uid ?? '';
  }

  function audits() {
    const { db } = world.database;
    return db
      .selectFrom('audit_event')
      .selectAll()
      .where('type', '=', 'account.switched')
      .orderBy('id')
      .execute();
  }
});
