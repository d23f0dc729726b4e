import { decodeJwt } from 'jose';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, signIn } from '../support/journey.ts';
import type { ManifestText } from '../support/manifest-variant.ts';
import { browserOf } from '../support/relying-party.ts';
import {
  type SigningClient,
  VERIFIER,
  declareSigningClient,
  giveAccount,
  makeKey,
} from '../support/signing-client.ts';

const MFA = 'urn:single-entry:acr:mfa';
const NURSE = 'demo.nurse';
/** Manages, so signs in with a second factor always. */
const MANAGER = 'demo.manager';
const PASSWORD = 'urn:single-entry:acr:password';

describe('a sign-in that is not strong enough', () => {
  let world: IdpWorld;
  let client: SigningClient;
  const change = (manifest: ManifestText): void => {
    manifest.client['scope'] = 'openid subsystem_account reviews:decide reviews:read';
    manifest.client['require_pushed_authorization_requests'] = false;
  };

  beforeAll(async () => {
    world = await startIdpWorld();
    const { client: declared, answer } = await declareSigningClient(
      world,
      'steps',
      await makeKey('ES256'),
      change,
    );
    expect(answer).toMatchObject({ code: 0 });
    client = declared;
    await giveAccount(world, 'steps', 'P@00000002P@steps_01', MANAGER);
    await eventually(async () => expect((await client.send('/oidc/par', client.request())).status).toBe(201));
  });
  afterAll(() => world.stop());

  const open = (browser: Journey, more: Record<string, string> = {}) =>
    browser.open(`${world.issuer}/oidc/auth?${new URLSearchParams(client.request(more)).toString()}`);
  const ask = async (browser: Journey, more: Record<string, string> = {}, person = NURSE) => {
    await open(browser, more);
    return (await signIn(browser, person)).url;
  };
  const redeem = async (url: URL, more: Record<string, string> = {}) =>
    (
      await client.send('/oidc/token', {
        grant_type: 'authorization_code',
        code: url.searchParams.get('code') ?? '',
        redirect_uri: client.redirectUri,
        code_verifier: VERIFIER,
        ...more,
      })
    ).body;
  const decide = async (token: unknown) =>
    fetch(`${world.issuer}/api/v1/reviews/nothing/decision`, {
      method: 'POST',
      headers: { authorization: `Bearer ${String(token)}`, 'content-type': 'application/json' },
      body: '{}',
    });

  it('RFC 9470 §3, §4, §6.2: the API says what it wants, the client asks for it, and is let in', async () => {
    const browser = browserOf(world);
    const api = { resource: `${world.issuer}/api/v1`, scope: 'openid reviews:decide' };
    const weak = await redeem(await ask(browser, api), { resource: api.resource });
    expect(decodeJwt(String(weak['access_token']))).toMatchObject({
      acr: PASSWORD,
      auth_time: expect.any(Number),
    });
    const refused = await decide(weak['access_token']);
    expect(refused.status).toBe(401);
    const challenge = refused.headers.get('www-authenticate') ?? '';
    expect(challenge).toMatch(/^Bearer error="insufficient_user_authentication", acr_values="[^"]+"$/);
    const acr_values = /acr_values="([^"]+)"/.exec(challenge)?.[1] ?? '';

    // the browser is led to the second factor, and to nowhere else
    expect((await open(browser, { ...api, acr_values })).url.pathname).toMatch(/^\/interaction\//);

    const strong = await redeem(await ask(browserOf(world), { ...api, acr_values }, MANAGER), {
      resource: api.resource,
    });
    expect(decodeJwt(String(strong['access_token']))).toMatchObject({ acr: MFA });
    expect(decodeJwt(String(strong['id_token']))).toMatchObject({ acr: MFA });
    expect((await decide(strong['access_token'])).status).toBe(400); // let in, and told what is wrong with `{}`
  });

  it.each([
    ['a value', { essential: true, value: MFA }],
    ['values', { essential: true, values: [MFA, 'urn:unknown'] }],
  ])(
    'OpenID Connect Core §5.5.1.1: an essential acr of %s is reached or nobody gets in',
    async (_what, acr) => {
      const claims = JSON.stringify({ id_token: { acr } });
      const browser = browserOf(world);
      await ask(browser);
      const silent = await open(browser, { claims, prompt: 'none' });
      expect(silent.url.searchParams.get('error')).toBe('login_required');
      expect((await open(browser, { claims })).url.pathname).toMatch(/^\/interaction\//);
    },
  );

  it('OpenID Connect Core §3.1.2.1: a wish for a class nobody knows is passed over, and acr says what was reached', async () => {
    const tokens = await redeem(await ask(browserOf(world), { acr_values: 'urn:unknown' }));
    expect(decodeJwt(String(tokens['id_token']))['acr']).toBe(PASSWORD);
  });

  it('RFC 9470 §3: userinfo and the API name the class a role has come to want, and tell nothing before', async () => {
    const api = { resource: `${world.issuer}/api/v1`, scope: 'openid subsystem_account reviews:read' };
    const weak = await redeem(await ask(browserOf(world), api));
    const again = { grant_type: 'refresh_token', refresh_token: String(weak['refresh_token']) };
    const ofApi = (await client.send('/oidc/token', { ...again, resource: api.resource })).body;
    const show = async (path: string, token: unknown) => {
      const headers = { authorization: `Bearer ${String(token)}` };
      const { status, headers: answered } = await fetch(world.issuer + path, { headers });
      return [status, answered.get('www-authenticate')];
    };
    expect(await show('/oidc/userinfo', weak['access_token'])).toEqual([200, null]);
    expect(await show('/api/v1/reviews', ofApi['access_token'])).toEqual([403, null]); // the account manages nothing
    const { answer } = await declareSigningClient(world, 'steps', client.key, (manifest) => {
      change(manifest);
      const roles = manifest['roles'] as { code: string; acr?: string }[];
      for (const role of roles.filter(({ code }) => code === 'member')) role.acr = MFA;
    });
    expect(answer).toMatchObject({ code: 0 });
    const wanted = new RegExp(`^Bearer .*error="insufficient_user_authentication".*, acr_values="${MFA}"$`);
    await eventually(async () => {
      for (const [path, token] of [
        ['/oidc/userinfo', weak['access_token']],
        ['/api/v1/reviews', ofApi['access_token']],
      ] as const) {
        expect(await show(path, token)).toEqual([401, expect.stringMatching(wanted)]);
      }
    });
  });
});
