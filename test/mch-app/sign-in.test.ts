import manifest from '#mch/manifest.json' with { type: 'json' };
import { type JWTPayload, SignJWT, UnsecuredJWT, generateKeyPair } from 'jose';
import type { FakeOp } from './support/fake-op.ts';
import { HOSPITAL, type Mch, STATION, startMch } from './support/mch.ts';

let mch: Mch;
let op: FakeOp;
beforeAll(async () => {
  mch = await startMch();
  op = mch.op;
});
afterAll(() => mch.stop());
beforeEach(() => {
  op.acting = HOSPITAL.id;
  op.forge = op.redirectBack = op.authorizationError = op.tokenAnswer = undefined;
  op.asked.length = 0;
});

const tokenRequests = () => op.asked.filter(({ path }) => path === '/token').length;

describe('signing in', () => {
  it('takes a stranger to the single entry and back to the page asked for', async () => {
    const visitor = mch.visitor();
    const page = await visitor.go('/maternal/gbs?lang=en');
    expect([page.status, new URL(page.url).pathname]).toEqual([200, '/maternal/gbs']);
    expect(page.text).toContain('Group B streptococcus screening');

    const pushed = op.asked.find(({ path }) => path === '/par')?.form;
    expect(pushed?.get('scope')).toBe(manifest.client.scope);
    expect(pushed?.get('resource')).toBe(`${op.issuer}/api/v1`);
    expect(pushed?.get('code_challenge_method')).toBe('S256');
    expect(pushed?.get('nonce')).toMatch(/^.{43}$/);
    // of the request itself the browser sees no more than a reference
    expect([...(op.asked.find(({ path }) => path === '/auth')?.form.keys() ?? [])]).toEqual([
      'request_uri',
      'client_id',
    ]);
  });

  it('shows who one is at home and what waits, in two round trips to the database', async () => {
    const visitor = await mch.nurse();
    const before = mch.database.roundTrips;
    const page = await visitor.ask('/');
    expect(mch.database.roundTrips - before).toBe(2); // the session, and all that waits with all that is kept
    for (const text of ['9876543210', '示範醫院', '陳護理師', '一般使用者', '產檢院所']) {
      expect(page.text).toContain(text);
    }
  });

  it('keeps tokens on the server: no cookie, page or address holds one, nor does the row in the clear', async () => {
    const visitor = await mch.nurse();
    const page = await visitor.ask('/');
    const session = visitor.cookies.get('mch_session') ?? '';
    expect(session).toMatch(/^[\w-]{32}$/);
    expect(page.text + [...visitor.cookies.values()].join()).not.toMatch(/eyJ/);
    const rows = await mch.database.db.selectFrom('rp_session').selectAll().execute();
    const stored = rows.map((row) => row.tokens_sealed.toString('latin1') + row.id_digest.toString('latin1'));
    expect(stored.join()).not.toMatch(/eyJ|access/);
    expect(stored.join()).not.toContain(session);
  });

  it('sets cookies out of reach of scripts and other sites', async () => {
    const page = await mch.visitor().ask('/sign-in');
    expect(page.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^mch_sign_in=[\w-]{32}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/),
    ]);
  });

  it('guards cookies by name over TLS, and says of itself what it was told, not what a request says', async () => {
    const tls = await startMch({ MCH_ORIGIN: 'https://mch.example' });
    const answer = await fetch(`${tls.origin}/sign-in`, { redirect: 'manual' });
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-mch_sign_in=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=600$/,
      ),
    ]);
    expect(answer.headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/);
    const pushed = tls.op.asked.find(({ path }) => path === '/par')?.form;
    expect(pushed?.get('redirect_uri')).toBe('https://mch.example/callback');
    await tls.stop();
  });

  it('gives a new session id at each sign-in, and the old one is dead', async () => {
    const visitor = await mch.nurse();
    const former = visitor.cookies.get('mch_session') ?? '';
    await visitor.go('/sign-in');
    expect(visitor.cookies.get('mch_session')).not.toBe(former);
    const thief = mch.visitor();
    thief.cookies.set('mch_session', former);
    expect(new URL((await thief.go('/')).url).pathname).toBe('/signed-out');
  });

  it('lets two sign-ins of one browser run side by side', async () => {
    const visitor = mch.visitor();
    const first = await visitor.goUntil('/callback', '/sign-in?return_to=/maternal/gbs');
    const second = await visitor.goUntil('/callback', '/sign-in?return_to=/common/change-requests');
    expect(new URL((await visitor.go(second)).url).pathname).toBe('/common/change-requests');
    expect(new URL((await visitor.go(first)).url).pathname).toBe('/maternal/gbs');
  });
});

describe('entering from the portal (OpenID Connect Core §4)', () => {
  const entry = (parameters: Record<string, string>) =>
    `/sign-in?${new URLSearchParams(parameters).toString()}`;

  it('hands the hint on and lands at the target', async () => {
    const visitor = mch.visitor();
    const page = await visitor.go(
      entry({
        iss: op.issuer,
        login_hint: STATION.id,
        target_link_uri: `${mch.origin}/common/change-requests`,
      }),
    );
    expect(new URL(page.url).pathname).toBe('/common/change-requests');
    expect(page.text).toContain('示範衛生所');
  });

  it('works by form as well, from the site of the single entry', async () => {
    const page = await mch.visitor().go('/sign-in', {
      form: { iss: op.issuer, login_hint: STATION.id },
      headers: { origin: op.issuer },
    });
    expect(page.text).toContain('示範衛生所');
  });

  it.each([
    ['another issuer', { iss: 'https://evil.example' }],
    ['a target elsewhere', { target_link_uri: 'https://evil.example/' }],
    ['a target that looks local', { target_link_uri: '//evil.example/' }],
    ['a target by backslash', { target_link_uri: '/\\evil.example/' }],
    ['a script for a target', { target_link_uri: 'javascript:alert(1)' }],
    ['an endless hint', { login_hint: 'x'.repeat(600) }],
  ])('refuses %s', async (_what, parameters) => {
    const page = await mch.visitor().ask(entry(parameters));
    expect(page.status).toBe(400);
    expect(op.asked).toEqual([]);
  });

  it.each(['//evil.example/', 'https://evil.example/', '/sign-in', '/callback?x=1', '/%5c%5cevil.example'])(
    'never goes to %s after signing in',
    async (target) => {
      const page = await mch.visitor().go(entry({ return_to: target }));
      expect(new URL(page.url).origin).toBe(mch.origin);
      expect(page.status).not.toBe(500);
    },
  );
});

describe('a callback that is not what it should be', () => {
  it('is refused when replayed, and the session stays', async () => {
    const visitor = mch.visitor();
    const callback = await visitor.goUntil('/callback', '/sign-in');
    await visitor.go(callback);
    const replay = await visitor.ask(callback);
    expect(replay.status).toBe(410);
    expect(replay.text).toContain('href="/sign-in"');
    expect((await visitor.ask('/')).status).toBe(200);
  });

  it('is refused in another browser, and still good in its own', async () => {
    const visitor = mch.visitor();
    const other = mch.visitor();
    await other.ask('/sign-in');
    const callback = await visitor.goUntil('/callback', '/sign-in');
    expect((await other.ask(callback)).status).toBe(410);
    expect((await mch.visitor().ask(callback)).status).toBe(410);
    expect(tokenRequests()).toBe(0);
    expect((await visitor.go(callback)).status).toBe(200);
  });

  it('is refused after ten minutes', async () => {
    const visitor = mch.visitor();
    const callback = await visitor.goUntil('/callback', '/sign-in');
    mch.clock.advance(601);
    expect((await visitor.ask(callback)).status).toBe(410);
  });

  it.each<[string, (back: URLSearchParams) => void, number]>([
    ['names another issuer (RFC 9207)', (back) => back.set('iss', 'https://evil.example'), 400],
    ['names no issuer', (back) => back.delete('iss'), 400],
    ['names two issuers', (back) => back.append('iss', 'https://evil.example'), 400],
    ['has another state', (back) => back.set('state', 'x'), 410],
    ['has two states', (back) => back.append('state', 'x'), 410],
  ])('is refused when it %s, and no token is asked for', async (_what, tamper, status) => {
    op.redirectBack = tamper;
    expect((await mch.visitor().go('/sign-in')).status).toBe(status);
    expect(tokenRequests()).toBe(0);
  });

  it('is refused with a code that was made up, or redeemed before', async () => {
    op.redirectBack = (back) => back.set('code', 'made-up');
    expect((await mch.visitor().go('/sign-in')).status).toBe(410);
  });

  it('tells of a sign-in that was cancelled', async () => {
    op.authorizationError = () => 'access_denied';
    expect((await mch.visitor().go('/sign-in')).status).toBe(403);
  });

  it.each([
    ['nothing', ''],
    ['an empty state', '?state='],
    ['NUL bytes', '?state=%00&code=%00'],
    ['no state', '?code=x&iss=y'],
    ['an endless state', `?state=${'s'.repeat(4000)}`],
    ['bytes that are no text', '?%ff=%ff&state=%ff'],
  ])('is refused with %s', async (_what, query) => {
    const visitor = await mch.nurse();
    expect((await visitor.ask(`/callback${query}`)).status).toBe(410);
  });
});

describe('an ID token that is not what it should be', () => {
  const changed = (change: (claims: JWTPayload) => object) => (claims: JWTPayload, at: FakeOp) =>
    at.sign({ ...claims, ...change(claims) });
  const now = () => Math.floor(Date.now() / 1000);

  it.each<[string, NonNullable<FakeOp['forge']>]>([
    ['another issuer', changed(() => ({ iss: 'https://evil.example' }))],
    ['another audience', changed(() => ({ aud: 'another-client' }))],
    ['audiences without an authorized party', changed(() => ({ aud: ['mch-app', 'another-client'] }))],
    ['another authorized party', changed(() => ({ azp: 'another-client' }))],
    ['another nonce', changed(() => ({ nonce: 'another' }))],
    ['no nonce', changed(() => ({ nonce: undefined }))],
    ['expired', changed(() => ({ exp: now() - 60 }))],
    ['no time of issue', changed(() => ({ iat: undefined }))],
    ['no subject', changed(() => ({ sub: undefined }))],
    ['no account', changed(() => ({ subsystem_account: undefined }))],
    ['algorithm none', async (claims) => new UnsecuredJWT(claims).encode()],
    [
      'the public key as an HMAC secret',
      async (claims, at) => {
        const { keys } = (await (await fetch(`${at.issuer}/jwks`)).json()) as { keys: object[] };
        const secret = new TextEncoder().encode(JSON.stringify(keys[0]));
        return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(secret);
      },
    ],
    [
      'a key of somebody else',
      async (claims) => {
        const { privateKey } = await generateKeyPair('ES256');
        return new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
      },
    ],
    ['a changed payload', async (claims, at) => tamperPayload(await at.sign(claims))],
  ])('is refused: %s', async (_what, forge) => {
    op.forge = forge;
    const visitor = mch.visitor();
    const page = await visitor.go('/sign-in');
    expect(page.status).toBe(502);
    expect(visitor.cookies.has('mch_session')).toBe(false);
  });

  it('is accepted under a key that came after the last look', async () => {
    await mch.nurse();
    await op.rotateKey();
    mch.clock.advance(6); // else it would wait for the cool-down
    const page = await mch.visitor().go('/sign-in');
    expect(page.status).toBe(200);
  });

  it('G3: is refused when it names no key while there are two', async () => {
    await op.rotateKey();
    mch.clock.advance(6);
    await mch.nurse(); // both are known by now
    op.forge = (claims, at) => at.sign(claims, { nameless: true });
    const visitor = mch.visitor();
    expect((await visitor.go('/sign-in')).status).toBe(502);
    expect(visitor.cookies.has('mch_session')).toBe(false);
  });

  function tamperPayload(jwt: string): string {
    const [header, payload = '', signature] = jwt.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as JWTPayload;
    const other = Buffer.from(JSON.stringify({ ...claims, sub: 'somebody-else' })).toString('base64url');
    return [header, other, signature].join('.');
  }
});
