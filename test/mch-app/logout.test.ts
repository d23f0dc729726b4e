import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type JWTPayload, SignJWT, UnsecuredJWT, exportJWK, generateKeyPair } from 'jose';
import { leadingHeaders } from '../support/leading-headers.ts';
import { CLIENT, type FakeOp } from './support/fake-op.ts';
import { HOSPITAL, type Mch, startMch } from './support/mch.ts';
import type { Visitor } from './support/visitor.ts';

let mch: Mch;
let op: FakeOp;
beforeAll(async () => {
  mch = await startMch();
  op = mch.op;
});
afterAll(() => mch.stop());
beforeEach(() => {
  op.acting = HOSPITAL.id;
  op.sid = `sid-${Math.random()}`;
  op.down = false;
});

const isSignedIn = async (visitor: Visitor) => (await visitor.ask('/acting')).status === 200;
const leave = (scope: string) => ({ form: { scope } });

describe('signing out', () => {
  it('asks first: this system, or everything', async () => {
    const visitor = await mch.nurse();
    const page = await visitor.ask('/sign-out');
    expect(page.text).toContain('value="everywhere"');
    expect(page.text).toContain('value="here"');
    expect(await isSignedIn(visitor)).toBe(true);
  });

  it('leaves this system only', async () => {
    const visitor = await mch.nurse();
    const page = await visitor.go('/sign-out', leave('here'));
    expect(page.url).toBe(`${mch.origin}/signed-out?reason=here`);
    expect(visitor.cookies.has('mch_session')).toBe(false);
    expect((await mch.auditTypes()).at(-1)).toBe('session.ended: signed_out_here');
  });

  it('leaves everything by RP-initiated logout, which keeps no token in a page', async () => {
    const visitor = await mch.nurse();
    const page = await visitor.ask('/sign-out', leave('everywhere'));
    const url = new URL(page.headers.get('location') ?? '');
    expect([page.status, page.text, url.origin + url.pathname]).toEqual([303, '', `${op.issuer}/logout`]);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: 'mch-app',
      post_logout_redirect_uri: `${mch.origin}/signed-out`,
      id_token_hint: expect.stringMatching(/^eyJ/) as string,
      state: 'everywhere',
    });
    expect(await isSignedIn(visitor)).toBe(false);
    expect((await visitor.ask('/signed-out?state=everywhere')).text).toContain('您已全部登出');
  });

  it('ends our session even when the single entry was never heard of', async () => {
    const visitor = await mch.nurse();
    op.down = true;
    const page = await visitor.ask('/sign-out', leave('everywhere'));
    expect(page.status).toBe(303); // its address is known from before
    expect(await isSignedIn(visitor)).toBe(false);
  });

  it('shows nothing to the Back button: no page may be kept', async () => {
    const visitor = await mch.nurse();
    expect((await visitor.ask('/')).headers.get('cache-control')).toBe('no-store');
    await visitor.go('/sign-out', leave('here'));
    expect((await visitor.ask('/')).status).toBe(303);
  });

  it.each([
    ['an unknown scope', leave('galaxy'), 400],
    ['another site', { ...leave('here'), headers: { origin: 'https://evil.example' } }, 403],
  ])('refuses %s', async (_what, request, status) => {
    const visitor = await mch.nurse();
    expect((await visitor.ask('/sign-out', request)).status).toBe(status);
    expect(await isSignedIn(visitor)).toBe(true);
  });
});

describe('back-channel logout', () => {
  const EVENTS = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  const now = () => Math.floor(Date.now() / 1000);
  type Changes = { [claim in keyof JWTPayload]: unknown };
  const claims = (more: Changes = {}): JWTPayload => ({
    iss: op.issuer,
    aud: CLIENT.id,
    iat: now(),
    exp: now() + 120,
    jti: `jti-${Math.random()}`,
    events: EVENTS,
    sub: op.sub,
    sid: op.sid,
    ...(more as JWTPayload),
  });
  const logoutToken = (more: Changes = {}) => op.sign(claims(more), { typ: 'logout+jwt' });
  const post = (token: string) =>
    fetch(`${mch.origin}/backchannel-logout`, {
      method: 'POST',
      body: new URLSearchParams({ logout_token: token }),
    });

  it('R19: ends the session of a sid at once, and no other', async () => {
    const gone = await mch.nurse();
    const sid = op.sid;
    op.sid = 'another';
    const stays = await mch.nurse();
    const answer = await post(await logoutToken({ sid }));
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect([await isSignedIn(gone), await isSignedIn(stays)]).toEqual([false, true]);
    expect((await mch.auditTypes()).at(-1)).toBe('session.ended: back_channel_logout');
    op.authorizationError = () => 'login_required';
    expect((await gone.go('/')).url).toContain('/signed-out?reason=ended');
    op.authorizationError = undefined;
  });

  it('comes back silently, to the page and with the rights of now, while the session there lives', async () => {
    const visitor = await mch.nurse();
    await post(await logoutToken());
    expect(await isSignedIn(visitor)).toBe(false);
    const page = await visitor.go('/');
    expect([new URL(page.url).pathname, await isSignedIn(visitor)]).toEqual(['/', true]);
    expect(op.asked.findLast(({ form }) => form.has('prompt'))?.form.get('prompt')).toBe('none');
  });

  it('says that the session has ended while the single entry cannot be asked', async () => {
    const visitor = await mch.nurse();
    await post(await logoutToken());
    op.down = true;
    expect((await visitor.go('/')).url).toContain('/signed-out?reason=ended');
    op.down = false;
  });

  it('ends every session of a sub', async () => {
    const visitors = [await mch.nurse(), await mch.nurse()];
    const answer = await post(await logoutToken({ sid: undefined }));
    expect(answer.status).toBe(200);
    expect(await Promise.all(visitors.map(isSignedIn))).toEqual([false, false]);
  });

  it('does not end a session of somebody else who has the sid', async () => {
    const visitor = await mch.nurse();
    await post(await logoutToken({ sub: 'somebody-else' }));
    expect(await isSignedIn(visitor)).toBe(true);
  });

  it('is content when there is nothing to end', async () => {
    expect((await post(await logoutToken({ sid: 'unknown' }))).status).toBe(200);
  });

  it('R19: uses a token once, however many come at a time', async () => {
    const token = await logoutToken();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const visitor = await mch.nurse();
    expect((await post(token)).status).toBe(400);
    expect(await isSignedIn(visitor)).toBe(true);
  });

  const signedElsewhere = async () => {
    const { privateKey } = await generateKeyPair('ES256');
    return new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', typ: 'logout+jwt' }).sign(privateKey);
  };
  const hmac = () =>
    new SignJWT(claims())
      .setProtectedHeader({ alg: 'HS256', typ: 'logout+jwt' })
      .sign(new TextEncoder().encode(CLIENT.secret));

  it.each<[string, () => Promise<string> | string]>([
    ['algorithm none', () => new UnsecuredJWT(claims()).encode()],
    ['the client secret as key', hmac],
    ['another key', signedElsewhere],
    ['another audience', () => logoutToken({ aud: 'another-client' })],
    ['another issuer', () => logoutToken({ iss: 'https://evil.example' })],
    ['no issuer', () => logoutToken({ iss: undefined })],
    ['another event', () => logoutToken({ events: { 'https://evil.example/event': {} } })],
    ['an event that is no object', () => logoutToken({ events: { [Object.keys(EVENTS)[0] ?? '']: true } })],
    ['no event', () => logoutToken({ events: undefined })],
    ['a nonce', () => logoutToken({ nonce: 'n' })],
    ['neither sub nor sid', () => logoutToken({ sub: undefined, sid: undefined })],
    ['a sid that is no text', () => logoutToken({ sid: 7 })],
    ['an old time of issue', () => logoutToken({ iat: now() - 600 })],
    ['a time of issue to come', () => logoutToken({ iat: now() + 600, exp: now() + 900 })],
    ['no time of issue', () => logoutToken({ iat: undefined })],
    ['an expiry that has passed', () => logoutToken({ exp: now() - 60 })],
    ['no expiry', () => logoutToken({ exp: undefined })],
    ['no jti', () => logoutToken({ jti: undefined })],
    ['the type of an access token', () => op.sign(claims(), { typ: 'at+jwt' })],
    ['no type', () => op.sign(claims())],
    ['an ID token', () => op.sign({ ...claims({ events: undefined }), nonce: 'n' }, { typ: 'JWT' })],
    ['text that is no token', () => 'hello'],
    ['nothing', () => ''],
  ])('refuses a token with %s, and the session stays', async (_what, make) => {
    const visitor = await mch.nurse();
    const answer = await post(await make());
    expect([answer.status, await answer.json()]).toEqual([400, { error: 'invalid_request' }]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await isSignedIn(visitor)).toBe(true);
  });

  it('H1: what its header leads to is neither fetched nor trusted', async () => {
    let asked = 0;
    const keys = createServer((_req, res) => {
      asked += 1;
      res.end('{"keys":[]}');
    });
    await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
    const elsewhere = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`;
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const visitor = await mch.nurse();
    for (const header of leadingHeaders(elsewhere, await exportJWK(publicKey))) {
      const head = { alg: 'ES256', typ: 'logout+jwt', ...header };
      const token = await new SignJWT(claims()).setProtectedHeader(head).sign(privateKey);
      expect([header, (await post(token)).status]).toEqual([header, 400]);
    }
    const [, body = '', signature = ''] = (await logoutToken()).split('.');
    for (const header of [
      { crit: ['exp'] },
      { crit: ['b64'], b64: false },
      { alg: 'HS256' },
      { alg: 'none' },
    ]) {
      const head = Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'logout+jwt', ...header }));
      const answer = await post(`${head.toString('base64url')}.${body}.${signature}`);
      expect([header, answer.status]).toEqual([header, 400]);
    }
    expect(asked).toBe(0);
    expect(await isSignedIn(visitor)).toBe(true);
    keys.close();
  });

  it.each([
    ['no form', { body: '{}', headers: { 'content-type': 'application/json' } }],
    ['two tokens', { body: new URLSearchParams('logout_token=a&logout_token=b') }],
    ['an oversized body', { body: new URLSearchParams({ logout_token: 'x'.repeat(100_000) }) }],
  ])('answers %s with 400 in JSON', async (_what, request) => {
    const answer = await fetch(`${mch.origin}/backchannel-logout`, { method: 'POST', ...request });
    expect([answer.status, await answer.json()]).toEqual([400, { error: 'invalid_request' }]);
  });

  it('finds a key that came after the last look, once the cool-down allows', async () => {
    const fresh = await startMch();
    await fresh.op.rotateKey();
    const token = await fresh.op.sign(claims({ iss: fresh.op.issuer }), { typ: 'logout+jwt' });
    const answer = await fetch(`${fresh.origin}/backchannel-logout`, {
      method: 'POST',
      body: new URLSearchParams({ logout_token: token }),
    });
    expect(answer.status).toBe(200);
    await fresh.stop();
  });

  it('asks for the keys but once when many tokens of unknown keys come', async () => {
    const before = op.asked.filter(({ path }) => path === '/jwks').length;
    const forged = await Promise.all(Array.from({ length: 10 }, signedElsewhere));
    await Promise.all(forged.map(post));
    expect(op.asked.filter(({ path }) => path === '/jwks').length - before).toBeLessThanOrEqual(1);
  });

  it('says "later" while the keys cannot be had', async () => {
    const deaf = await startMch();
    deaf.op.down = true;
    const answer = await fetch(`${deaf.origin}/backchannel-logout`, {
      method: 'POST',
      body: new URLSearchParams({ logout_token: await logoutToken() }),
    });
    expect(answer.status).toBe(503);
    await deaf.stop();
  });
});
