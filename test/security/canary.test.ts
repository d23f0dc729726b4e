import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { DEMO_PASSWORD, people } from '#db/idp/seed/world.ts';
import { makeProof } from '../support/dpop-proof.ts';
import { type Collector, startCollector } from '../support/collector.ts';
import { eventually } from '../support/eventually.ts';
import { forgeForm } from '../support/forged-form.ts';
import { CLIENT_SECRET, type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, signIn } from '../support/journey.ts';
import { FORM, rawRequest } from '../support/raw-http.ts';
import { freePort } from '../support/replica.ts';
import { browserOf, createRelyingParty, post } from '../support/relying-party.ts';

const LAB_1 = 'P@00000001P@lab_01';
const LAB_2 = 'P@00000001P@lab_02';
const WRONG_PASSWORD = 'Canary*Wrong2026';
const JWT_RESOURCE = 'https://lab.example/api';

describe('after a whole journey', () => {
  let world: IdpWorld;
  let collector: Collector;
  let metricsPort: number;
  const secrets = new Map<string, string>();
  /** All that was ever said of the person: claims, userinfo, a resource's token. */
  const told: string[] = [];

  /** Remembers something secret, and everything secret about a browser. */
  const keep = (name: string, value: string | null | undefined): void => {
    expect({ name, value: (value ?? '').length > 5 }).toEqual({ name, value: true });
    secrets.set(name, value ?? '');
  };
  const keepCookies = (name: string, browser: Journey): void => {
    for (const cookie of ['idp_session', 'idp_session.sig', 'idp_interaction.sig', 'idp_resume.sig']) {
      const value = browser.jar.get(cookie);
      if (value !== undefined) keep(`${name} ${cookie}`, value);
    }
  };

  beforeAll(async () => {
    collector = await startCollector();
    metricsPort = await freePort();
    world = await startIdpWorld({
      env: {
        LOG_LEVEL: 'debug',
        IDP_METRICS_PORT: String(metricsPort),
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
        OTEL_TRACES_SAMPLER_ARG: '1',
      },
    });
    keep('password', DEMO_PASSWORD);
    keep('client secret', CLIENT_SECRET);
    for (const { nationalId, totpSecret, loginName } of people) {
      keep(`national id of ${loginName}`, nationalId);
      if (totpSecret !== undefined) keep(`TOTP secret of ${loginName}`, totpSecret);
    }
    await journey();
    await unfinished();
    await failures();
  });
  afterAll(async () => {
    await world.stop();
    await collector.stop();
  });

  it('J6: no scope tells a client an ID number', async () => {
    expect(told).toHaveLength(4);
    expect(told[1]).toContain('@example.test'); // it is the person whom all this is about
    for (const { nationalId } of people) expect(told.join()).not.toContain(nationalId);
    expect(told.join()).not.toMatch(/national_?id/i);
  });

  it('no secret stands in clear in any row of any table', async () => {
    const tables = await world.database.query<{ name: string }>(
      "select format('%I', table_name) as name from information_schema.tables where table_schema = 'public' and $1",
      [true],
    );
    expect(tables.length).toBeGreaterThan(15);
    const found: string[] = [];
    let characters = 0;
    for (const { name: table } of tables) {
      const rows = await world.database.query<{ text: string }>(
        `select t::text as text from ${table} t where $1`,
        [true],
      );
      const dump = rows.map(({ text }) => text).join('\n');
      characters += dump.length;
      for (const [name, value] of secrets) {
        if (formsOf(value).some((form) => dump.includes(form))) found.push(`${name} in ${table}`);
      }
    }
    expect(characters).toBeGreaterThan(20_000); // it was looked at
    expect(found).toEqual([]);
  });

  it('J2: no secret stands in a trace or in the metrics, and no person', async () => {
    await eventually(() => expect(collector.raw().length).toBeGreaterThan(50_000), 5000);
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    for (const [what, text] of Object.entries({ traces: collector.raw(), metrics })) {
      const found = [...secrets].filter(([, value]) => formsOf(value).some((form) => text.includes(form)));
      expect([what, found.map(([name]) => name)]).toEqual([what, []]);
      for (const { name, loginName } of people) {
        expect(text.includes(name) || text.includes(loginName)).toBe(false);
      }
    }
  });

  it('J1, J4: what callers write in addresses, headers and names is in no line, and every line is one of JSON', async () => {
    const hostile = '\u001b[31m"}\u007b{"level":60,"msg":"forged"}';
    for (const path of [
      '/sign-in',
      '/oidc/auth',
      `/${encodeURIComponent(hostile)}`,
      '/interaction/canary-uid',
    ]) {
      await rawRequest(world.issuer, 'GET', `${path}?code=canary-query&mail=canary%40example.test`, {
        headers: {
          'user-agent': `canary-agent ${JSON.stringify(hostile)}`,
          'x-request-id': hostile.slice(1),
        },
      });
    }
    await eventually(() => expect(world.replicas[0]?.output().split('"/sign-in"').length).toBeGreaterThan(2));
    const output = world.replicas.map((replica) => replica.output()).join('\n');
    expect(output).not.toMatch(/canary|forged/);
    expect(output).not.toContain('interaction/x');
    for (const line of output.trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  it('J1, J2: no secret, no code, no token and no person stands in what was logged', async () => {
    await eventually(() => expect(world.replicas[0]?.output()).toContain('listening'));
    const output = world.replicas.map((replica) => replica.output()).join('\n');
    const found = [...secrets].filter(([, value]) => formsOf(value).some((form) => output.includes(form)));
    expect(found.map(([name]) => name)).toEqual([]);
    for (const { name, loginName } of people) {
      expect(output).not.toContain(name);
      expect(output).not.toContain(`${loginName}@example.test`);
    }
    for (const line of output.trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  async function journey(): Promise<void> {
    const lab = await createRelyingParty(world, 'lab-app', { pushed: true });
    const browser = browserOf(world);
    await signInWrongly(browser);
    const at = await lab.authorize(
      browser,
      { scope: 'openid profile email subsystem_account accounts lab:read', resource: JWT_RESOURCE },
      { loginName: 'demo.nurse', account: LAB_1 },
    );
    keep('code', at.callback.searchParams.get('code'));
    keep('verifier', at.verifier);
    keepCookies('after sign-in', browser);
    const tokens = await lab.redeem(at);
    keep('access token', tokens.access_token);
    keep('refresh token', tokens.refresh_token);
    keep('ID token', tokens.id_token);
    const jwt = await oidc.refreshTokenGrant(lab.config, tokens.refresh_token ?? '', {
      resource: JWT_RESOURCE,
    });
    keep('JWT', jwt.access_token);
    const info = await oidc.fetchUserInfo(lab.config, tokens.access_token, tokens.claims()?.sub ?? '');
    const seen = await oidc.tokenIntrospection(lab.config, tokens.access_token);
    told.push(
      ...[tokens.claims(), info, seen, decodeJwt(jwt.access_token)].map((said) => JSON.stringify(said)),
    );
    const exchanged = await lab.exchange(tokens.access_token, LAB_2);
    keep('exchanged access token', exchanged.access_token);
    keep('exchanged refresh token', exchanged.refresh_token);
    keep('exchanged ID token', exchanged.id_token);
    const entry = await forgeForm(world, browser, '/accounts/P%4000000001P%40mbh_01/entry', {});
    keep('account handle', new URL(entry.headers.location ?? '').searchParams.get('login_hint'));
    await forgeForm(world, browser, '/sign-out', {});
    await eventually(() => expect(world.logouts).not.toHaveLength(0));
    keep('logout token', world.logouts[0]?.token);
  }

  /** What is still under way when somebody takes a dump. */
  async function unfinished(): Promise<void> {
    const manager = browserOf(world);
    await manager.open(`${world.issuer}/sign-in`);
    await signIn(manager, 'demo.manager');
    keepCookies('manager', manager);
    const third = await createRelyingParty(world, 'third-app', {
      authentication: oidc.ClientSecretPost(CLIENT_SECRET),
    });
    const nurse = browserOf(world);
    await third.authorize(nurse, { prompt: 'consent' }, { loginName: 'demo.nurse' });
    keepCookies('nurse at consent', nurse);
    const key = await oidc.randomDPoPKeyPair('ES256');
    const plain = await createRelyingParty(world, 'bound-app', { authentication: oidc.None() });
    const dpop = oidc.getDPoPHandle(plain.config, key);
    const bound = await createRelyingParty(world, 'bound-app', { authentication: oidc.None(), dpop });
    const signed = { loginName: 'demo.nurse', account: 'P@00000001P@bnd_01' };
    const tokens = await bound.redeem(await bound.authorize(browserOf(world), {}, signed));
    keep('bound access token', tokens.access_token);
    const proof = await makeProof(key, 'GET', `${world.issuer}/oidc/userinfo`, {
      accessToken: tokens.access_token,
    });
    keep('proof', proof);
    const headers = { authorization: `DPoP ${tokens.access_token}`, dpop: proof };
    expect((await rawRequest(world.issuer, 'GET', '/oidc/userinfo', { headers })).status).toBe(200);
  }

  /** Failures are what gets logged: each with a secret in it. */
  async function failures(): Promise<void> {
    const secret = (name: string): string => secrets.get(name) ?? '';
    await post(
      world,
      '/oidc/token',
      {
        grant_type: 'authorization_code',
        code: secret('code'),
        redirect_uri: `${world.rpOrigin}/callback`,
        code_verifier: secret('verifier'),
      },
      { clientId: 'lab-app' },
    );
    await post(
      world,
      '/oidc/token',
      { grant_type: 'refresh_token', refresh_token: secret('refresh token') },
      { clientId: 'lab-app' },
    );
    await post(world, '/oidc/token', { grant_type: `\0${secret('access token')}`, client_id: 'spa-app' });
    await post(
      world,
      '/oidc/introspection',
      { token: `\0${secret('access token')}` },
      { clientId: 'lab-app' },
    );
    for (const path of ['/oidc/auth', '/oidc/logout', '/nowhere', '/sign-in', '/interaction/x']) {
      const query = new URLSearchParams({
        client_id: 'spa-app',
        id_token_hint: secret('ID token'),
        code: secret('code'),
        account: `\0${DEMO_PASSWORD}`,
      });
      await rawRequest(world.issuer, 'GET', `${path}?${query.toString()}`, {
        headers: {
          authorization: `Bearer ${secret('access token')}`,
          cookie: `idp_session=${secret('manager idp_session')}`,
        },
      });
    }
    const body = `account=%00&password=${encodeURIComponent(DEMO_PASSWORD)}&captcha=%00`;
    const headers = { ...FORM, origin: world.issuer };
    await rawRequest(world.issuer, 'POST', '/interaction/x/password', { headers, body });
  }

  async function signInWrongly(browser: Journey): Promise<void> {
    keep('wrong password', WRONG_PASSWORD);
    await browser.open(`${world.issuer}/sign-in`);
    await signIn(browser, 'demo.nurse', { password: WRONG_PASSWORD });
    keepCookies('before sign-in', browser);
  }
});

/** A value as it could stand in a log or a dump: plain, in base64, in hex as bytea shows it, in an address. */
function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  return [value, bytes.toString('base64'), bytes.toString('hex'), encodeURIComponent(value)];
}
