import * as oidc from 'openid-client';
import { readConfig } from '#idp/config.ts';
import { type Replica, startReplica } from '#idp/replica.ts';
import { systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { type CibaWorld, askPeople } from '../support/ciba.ts';
import { startIdpWorld } from '../support/idp-world.ts';
import { type Journey, signIn } from '../support/journey.ts';
import { ACCESS_TOKEN, EXCHANGE, browserOf, createRelyingParty, post } from '../support/relying-party.ts';

const LAB_1 = 'P@00000001P@lab_01';
const LAB_2 = 'P@00000001P@lab_02';
const TRIES = 4;

/**
 * Database round trips of each protocol endpoint. The replica that answers runs inside this process, so that its
 * statements can be counted; its jobs have connections of their own.
 */
describe('database round trips', () => {
  let world: CibaWorld;
  let inner: Replica;
  let base: string;

  beforeAll(async () => {
    world = await askPeople(await startIdpWorld());
    const env = { ...world.env, IDP_PORT: '1', LOG_LEVEL: 'silent' };
    inner = await startReplica({ ...readConfig(env), port: 0 }, createLog('test', 'silent'), systemClock);
    base = `http://localhost:${inner.port}`;
  });
  afterAll(async () => {
    await inner.stop();
    await world.stop();
  });

  /** The statements `send` needs, the same at every try; `before` prepares each, uncounted. */
  async function count<T>(
    before: () => Promise<T>,
    send: (prepared: T) => Promise<unknown>,
  ): Promise<number> {
    const counts: number[] = [];
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const prepared = await before();
      const from = inner.database.roundTrips;
      await send(prepared);
      counts.push(inner.database.roundTrips - from);
    }
    expect(new Set(counts).size).toBe(1);
    return counts[0] ?? Number.NaN;
  }

  const nothing = (): Promise<void> => Promise.resolve();
  const token = (parameters: Record<string, string>, headers: Record<string, string> = {}) => {
    return async (): Promise<void> => {
      const answer = await post(world, '/oidc/token', parameters, { clientId: 'lab-app', base, headers });
      expect(answer.status).toBe(200);
    };
  };

  async function signedIn(): Promise<{ browser: Journey; tokens: Awaited<ReturnType<typeof redeemed>> }> {
    const browser = browserOf(world);
    return { browser, tokens: await redeemed(browser, { loginName: 'demo.nurse', account: LAB_1 }) };
  }

  async function redeemed(browser: Journey, sign?: { loginName: string; account: string }) {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    return rp.redeem(await rp.authorize(browser, {}, sign));
  }

  const authorizationUrl = (extra: Record<string, string> = {}): string => {
    const url = new URL('/oidc/auth', world.issuer);
    const parameters = {
      client_id: 'spa-app',
      response_type: 'code',
      scope: 'openid subsystem_account',
      redirect_uri: `${world.rpOrigin}/callback`,
      code_challenge: 'A'.repeat(43),
      code_challenge_method: 'S256',
      ...extra,
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  };
  const viaInner = (browser: Journey, url: string): Promise<Response> => {
    const target = new URL(url);
    return fetch(base + target.pathname + target.search, {
      redirect: 'manual',
      headers: { cookie: browser.jar.header(target), accept: 'text/html' },
    });
  };

  it('discovery and keys: none', async () => {
    for (const path of ['/.well-known/openid-configuration', '/oidc/jwks']) {
      expect(await count(nothing, () => fetch(base + path))).toBe(0);
    }
  });

  it('authorization: 1 without a session, 3 on the way back, 2 silently', async () => {
    expect(await count(nothing, () => fetch(authorizationUrl().replace(world.issuer, base)))).toBe(1);

    const backFromSignIn = async (): Promise<{ browser: Journey; url: string }> => {
      const browser = browserOf(world);
      browser.stopBefore((url) => url.pathname.startsWith('/oidc/auth/'));
      await browser.open(authorizationUrl());
      const page = await signIn(browser, 'demo.nurse');
      return { browser, url: page.url.href };
    };
    const resume = async ({ browser, url }: { browser: Journey; url: string }): Promise<void> => {
      const response = await viaInner(browser, url);
      expect(response.headers.get('location')).toContain('code=');
    };
    expect(await count(backFromSignIn, resume)).toBe(3);

    const { browser } = await signedIn();
    await browser.open(authorizationUrl());
    const silent = async (): Promise<void> => {
      const response = await viaInner(browser, authorizationUrl({ prompt: 'none' }));
      expect(response.headers.get('location')).toContain('code=');
    };
    expect(await count(nothing, silent)).toBe(2);
  });

  it('CIBA: 4 to ask, 2 to be told to wait, 5 to fetch', async () => {
    const ask = async (): Promise<string> => {
      const request = { scope: 'openid profile subsystem_account', login_hint: 'demo.nurse', account: LAB_1 };
      const { status, body } = await world.request(request, 'lab-app', base);
      expect(status).toBe(200);
      return String(body['auth_req_id']);
    };
    const forget = async (): Promise<void> => {
      await world.database.db.deleteFrom('attempt_throttle').execute();
    };
    expect(await count(forget, ask)).toBe(4);
    const asked = async (): Promise<string> => {
      await forget();
      await world.database.db.deleteFrom('oidc_waiting').execute();
      return ask();
    };
    const wait = async (id: string): Promise<void> => {
      expect((await world.fetchTokens(id, base)).body['error']).toBe('authorization_pending');
    };
    expect(await count(asked, wait)).toBe(2);
    const browser = await world.signedIn();
    const approved = async (): Promise<string> => {
      const id = await asked();
      await world.openNewest(browser);
      await world.press(browser, 'approve');
      return id;
    };
    const fetchThem = async (id: string): Promise<void> => {
      expect((await world.fetchTokens(id, base)).status).toBe(200);
    };
    expect(await count(approved, fetchThem)).toBe(5);
  });

  it('pushed authorization request: 1', async () => {
    const push = async (): Promise<void> => {
      const parameters = Object.fromEntries(new URL(authorizationUrl({ client_id: 'lab-app' })).searchParams);
      const answer = await post(world, '/oidc/par', parameters, { clientId: 'lab-app', base });
      expect(answer.status).toBe(201);
    };
    expect(await count(nothing, push)).toBe(1);
  });

  it('code to tokens: 2', async () => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const { browser } = await signedIn();
    const prepare = () => rp.authorize(browser);
    const redeem = ({ callback, verifier }: Awaited<ReturnType<typeof prepare>>) =>
      token({
        grant_type: 'authorization_code',
        code: callback.searchParams.get('code') ?? '',
        redirect_uri: rp.redirectUri,
        code_verifier: verifier,
      })();
    expect(await count(prepare, redeem)).toBe(2);
  });

  it('refresh: 2, rotating or not', async () => {
    const { tokens, browser } = await signedIn();
    const kept = token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' });
    expect(await count(nothing, kept)).toBe(2);

    const spa = await createRelyingParty(world, 'spa-app', { authentication: oidc.None() });
    const prepare = async () => spa.redeem(await spa.authorize(browser));
    const rotate = async ({ refresh_token: value }: { refresh_token?: string }): Promise<void> => {
      const parameters = { grant_type: 'refresh_token', client_id: 'spa-app', refresh_token: value ?? '' };
      expect((await post(world, '/oidc/token', parameters, { base })).status).toBe(200);
    };
    expect(await count(prepare, rotate)).toBe(2);
  });

  it('userinfo: 1, the other accounts included; introspection: 1, with or without a hint', async () => {
    const { tokens } = await signedIn();
    const userinfo = async (): Promise<void> => {
      const response = await fetch(`${base}/oidc/userinfo`, {
        headers: { authorization: `Bearer ${tokens.access_token}` },
      });
      expect(await response.json()).toHaveProperty('accounts');
    };
    expect(await count(nothing, userinfo)).toBe(1);
    for (const hint of [{}, { token_type_hint: 'refresh_token' }]) {
      const introspect = async (): Promise<void> => {
        const parameters = { token: tokens.access_token, ...hint };
        const answer = await post(world, '/oidc/introspection', parameters, { clientId: 'lab-app', base });
        expect(answer.body).toMatchObject({ active: true });
      };
      expect(await count(nothing, introspect)).toBe(1);
    }
  });

  it('client credentials: none for a JWT, 1 for an opaque token', async () => {
    const service = (extra: Record<string, string>) => async (): Promise<void> => {
      const parameters = { grant_type: 'client_credentials', ...extra };
      const answer = await post(world, '/oidc/token', parameters, { clientId: 'service-app', base });
      expect(answer.status).toBe(200);
    };
    const jwt = service({ resource: 'https://service.example/api', scope: 'service:run' });
    expect(await count(nothing, jwt)).toBe(0);
    expect(await count(nothing, service({}))).toBe(1);
  });

  it('token exchange, the session re-pointed, the old grant ended, audited: 2', async () => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const { browser } = await signedIn();
    const prepare = async (): Promise<string> => {
      return (await rp.redeem(await rp.authorize(browser, { account: LAB_1 }))).access_token;
    };
    const exchange = (subject: string) =>
      token({
        grant_type: EXCHANGE,
        subject_token: subject,
        subject_token_type: ACCESS_TOKEN,
        account: LAB_2,
      })();
    expect(await count(prepare, exchange)).toBe(2);
  });

  it('RFC 8693, for a resource: 2, from an opaque token or a JWT: one read, one write', async () => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const { browser } = await signedIn();
    const resource = 'https://lab.example/api';
    const opaque = async (): Promise<string> => {
      const wanted = { account: LAB_1, scope: 'openid subsystem_account lab:read', resource };
      return (await rp.redeem(await rp.authorize(browser, wanted))).access_token;
    };
    const delegated = (subject: string) => ({
      grant_type: EXCHANGE,
      subject_token: subject,
      subject_token_type: ACCESS_TOKEN,
      resource,
    });
    const jwt = async (): Promise<string> => {
      const init = { clientId: 'lab-app', base };
      const { body } = await post(world, '/oidc/token', delegated(await opaque()), init);
      return String(body['access_token']);
    };
    for (const prepare of [opaque, jwt]) {
      expect(await count(prepare, (subject) => token(delegated(subject))())).toBe(2);
    }
  });

  it('logout, confirmed: 2', async () => {
    const prepare = async () => {
      const { browser } = await signedIn();
      await browser.open(`${world.issuer}/oidc/logout?client_id=lab-app`);
      const form = browser.page()?.forms.find((candidate) => 'xsrf' in candidate.fields);
      return { browser, xsrf: form?.fields['xsrf'] ?? '' };
    };
    const confirm = async ({ browser, xsrf }: { browser: Journey; xsrf: string }): Promise<void> => {
      const target = new URL('/oidc/logout/confirm', world.issuer);
      const response = await fetch(base + target.pathname, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ xsrf, logout: 'yes' }),
        headers: { cookie: browser.jar.header(target), origin: world.issuer, accept: 'text/html' },
      });
      expect(response.status).toBe(303);
    };
    expect(await count(prepare, confirm)).toBe(2);
  });

  it('P-01: the public home and each public page: at most 1; a person’s own: 4', async () => {
    for (const path of ['/', '/announcements', '/events', '/questions', '/downloads']) {
      expect([path, await count(nothing, () => fetch(base + path))]).toEqual([path, 1]);
    }
    for (const path of ['/about', '/privacy', '/site-map']) {
      expect([path, await count(nothing, () => fetch(base + path))]).toEqual([path, 0]);
    }
    const { browser } = await signedIn();
    expect(await count(nothing, () => viaInner(browser, `${world.issuer}/`))).toBe(4);
  });
});
