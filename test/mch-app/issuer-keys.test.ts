import { randomUUID } from 'node:crypto';
import { type CryptoKey, type JWTPayload, SignJWT, generateKeyPair } from 'jose';
import { CLIENT, type FakeOp } from './support/fake-op.ts';
import { HOSPITAL, type Mch, startMch } from './support/mch.ts';

let mch: Mch;
let op: FakeOp;
let stranger: CryptoKey;
beforeAll(async () => {
  mch = await startMch();
  op = mch.op;
  op.acting = HOSPITAL.id;
  stranger = (await generateKeyPair('ES256')).privateKey;
});
afterAll(() => mch.stop());
beforeEach(() => {
  op.sid = `sid-${randomUUID()}`;
});

const logoutClaims = (): JWTPayload => {
  const iat = Math.floor(mch.clock.now().getTime() / 1000);
  return {
    ...{ iss: op.issuer, aud: CLIENT.id, iat, exp: iat + 120, jti: randomUUID(), sid: op.sid },
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  };
};
const genuine = () => op.sign(logoutClaims(), { typ: 'logout+jwt' });
const forged = () =>
  new SignJWT(logoutClaims())
    .setProtectedHeader({ alg: 'ES256', typ: 'logout+jwt', kid: randomUUID() })
    .sign(stranger);
const post = async (token: string): Promise<number> => {
  const body = new URLSearchParams({ logout_token: token });
  const answer = await fetch(`${mch.origin}/backchannel-logout`, { method: 'POST', body });
  await answer.text();
  return answer.status;
};
const looks = () => op.asked.filter(({ path }) => path === '/jwks').length;
const isSignedIn = async (visitor: Awaited<ReturnType<Mch['nurse']>>) =>
  (await visitor.ask('/acting')).status === 200;

describe('the keys of the single entry', () => {
  it('R23: 500 logout tokens a second of unknown keys bring no look but one a cool-down, and no delay', async () => {
    await mch.nurse();
    mch.clock.advance(6);
    const before = looks();
    const flood = await Promise.all(Array.from({ length: 1000 }, forged));
    const began = performance.now();
    const answers: Promise<number>[] = [];
    const waits: number[] = [];
    for (let tick = 0; tick < 20; tick += 1) {
      answers.push(...flood.slice(tick * 50, tick * 50 + 50).map(post));
      const asked = performance.now();
      const answer = await post(await genuine());
      waits.push(performance.now() - asked);
      expect(answer).toBe(200);
      await new Promise((resolve) =>
        setTimeout(resolve, Math.max(0, began + (tick + 1) * 100 - performance.now())),
      );
    }
    expect(new Set(await Promise.all(answers))).toEqual(new Set([400]));
    const seconds = (performance.now() - began) / 1000;
    expect(looks() - before).toBeLessThanOrEqual(1 + Math.floor(seconds / 5));
    expect(waits.toSorted((a, b) => a - b)[18]).toBeLessThan(1500);
  });

  it('R22: a revoked key is believed for 20 seconds and no longer; what it signed ends nothing then', async () => {
    const visitor = await mch.nurse();
    const byLeaked = await op.sign(logoutClaims(), { typ: 'logout+jwt' });
    await op.revokeKeys();
    mch.clock.advance(21);
    expect(await post(byLeaked)).toBe(400);
    expect(await isSignedIn(visitor)).toBe(true);
    expect(await post(await genuine())).toBe(200);
    expect(await isSignedIn(visitor)).toBe(false);
  });

  it('R22: after an emergency the next sign-in is accepted under the new key, whatever the cool-down', async () => {
    await mch.nurse();
    await op.revokeKeys();
    const began = performance.now();
    const visitor = await mch.nurse();
    expect(await isSignedIn(visitor)).toBe(true);
    expect(performance.now() - began).toBeLessThan(7000);
  }, 15_000);

  it('refuses an ID token of a revoked key, though it came from the single entry itself', async () => {
    let leaked = '';
    op.forge = async (claims) => (leaked = await op.sign(claims));
    await mch.nurse();
    op.forge = () => Promise.resolve(leaked);
    await op.revokeKeys();
    mch.clock.advance(21);
    expect((await mch.visitor().go('/sign-in')).status).toBe(502);
    op.forge = undefined;
  }, 30_000);

  it('signs out without a hint that the single entry would refuse', async () => {
    const visitor = await mch.nurse();
    await op.revokeKeys();
    mch.clock.advance(21);
    const page = await visitor.ask('/sign-out', { form: { scope: 'everywhere' } });
    const url = new URL(page.headers.get('location') ?? '');
    expect(url.searchParams.has('id_token_hint')).toBe(false);
    expect(url.searchParams.get('client_id')).toBe(CLIENT.id);
  });

  it('serves on with the keys it has while the single entry is away, for 50 seconds', async () => {
    expect(await post(await genuine())).toBe(200);
    op.down = true;
    mch.clock.advance(40);
    expect(await post(await genuine())).toBe(200);
    mch.clock.advance(11);
    expect(await post(await genuine())).toBe(503);
    op.down = false;
    mch.clock.advance(6);
    expect(await post(await genuine())).toBe(200);
    mch.clock.advance(-3600); // a clock put back makes no set young
    const before = looks();
    expect(await post(await genuine())).toBe(200);
    expect(looks()).toBe(before + 1);
  });
});
