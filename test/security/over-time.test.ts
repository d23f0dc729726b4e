import { setStatus } from '#idp/subsystem-accounts/index.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, signIn } from '../support/journey.ts';
import { type RelyingParty, browserOf, createRelyingParty, post } from '../support/relying-party.ts';

/** Of each race; two hundred in all. */
const ROUNDS = 100;
const LAB = { account: 'P@00000001P@lab_01' };

describe('what was granted, after its time', () => {
  let world: IdpWorld;
  let lab: RelyingParty;
  let nurse: Journey;

  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
    lab = await createRelyingParty(world, 'lab-app', { pushed: true });
    nurse = browserOf(world);
    await nurse.open(`${world.issuer}/sign-in`);
    await signIn(nurse, 'demo.nurse');
  });
  afterAll(() => world.stop());

  const token = (parameters: Record<string, string>, base = world.issuer) =>
    post(world, '/oidc/token', parameters, { clientId: 'lab-app', base });
  const refresh = (refresh_token: string, base?: string) =>
    token({ grant_type: 'refresh_token', refresh_token }, base);
  const revoke = (value: string, base?: string) =>
    post(world, '/oidc/revocation', { token: value }, { clientId: 'lab-app', ...(base && { base }) });
  const userinfo = async (accessToken: unknown): Promise<number> =>
    (
      await fetch(`${world.issuer}/oidc/userinfo`, {
        headers: { authorization: `Bearer ${String(accessToken)}` },
      })
    ).status;

  it('B2: a code is good for a minute at most, and over after it, whatever clocks may differ', async () => {
    const { callback, verifier } = await lab.authorize(nurse, LAB);
    await world.database.query(
      `update artefact_minutes set payload = payload || jsonb_build_object('exp', extract(epoch from now())::int - 16)
       where kind = 'AuthorizationCode' and $1`,
      [true],
    );
    const answer = await token({
      grant_type: 'authorization_code',
      code: callback.searchParams.get('code') ?? '',
      redirect_uri: lab.redirectUri,
      code_verifier: verifier,
    });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    const fresh = await lab.authorize(nurse, LAB);
    const [lives] = (await world.database.query(
      `select max((payload->>'exp')::int - (payload->>'iat')::int) as seconds from artefact_minutes
       where kind = 'AuthorizationCode' and consumed_at is null and (payload->>'exp')::int > extract(epoch from now()) and $1`,
      [true],
    )) as { seconds: number }[];
    expect(lives?.seconds).toBeLessThanOrEqual(60);
    expect((await lab.redeem(fresh)).access_token).toBeDefined();
  });

  /** Everything handed out in the rounds below. */
  const handed: string[] = [];

  /** Refreshes race with something that ends what they rest on; @returns when none of what they got works. */
  async function race(round: number, end: (refreshToken: string) => Promise<void>): Promise<void> {
    const [one = '', other = ''] = world.replicaUrls;
    const at = await lab.authorize(nurse, LAB);
    const tokens = await lab.redeem(at);
    const value = tokens.refresh_token ?? '';
    const racing = [refresh(value, one), refresh(value, other), refresh(value, other)];
    const [, ...refreshed] = await Promise.all([end(value), ...racing]);
    const got = [tokens.access_token, ...refreshed.map(({ body }) => body['access_token'])].filter(
      (held) => held !== undefined,
    );
    handed.push(at.callback.searchParams.get('code') ?? '', value, ...got.map(String));
    const alive = await Promise.all(got.map(userinfo));
    expect([round, [...new Set(alive)]]).toEqual([round, [401]]);
    expect((await refresh(value, other)).status).toBe(400);
  }

  it('B4: of refreshes that race with a revocation none leaves a token that works once it was answered', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await race(round, async (value) => {
        expect((await revoke(value, world.replicaUrls[0])).status).toBe(200);
      });
    }
  });

  it('B4: nor of those that race with disabling the account', async () => {
    const change = async (deed: 'disable' | 'enable'): Promise<void> => {
      const done = await setStatus(world.database.db, LAB.account, { deed, reason: 'test' });
      expect(done.changed).toBe(true);
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      await race(round, () => change('disable'));
      await change('enable');
    }
  });

  it('H7: codes and tokens are chance of 256 bits: none comes twice, no place of them leans', () => {
    expect(handed.length).toBeGreaterThan(6 * ROUNDS);
    expect(new Set(handed).size).toBe(handed.length);
    const bits = Array.from({ length: 256 }, () => 0);
    for (const value of handed) {
      const chance = Buffer.from(value.slice(-43), 'base64url');
      expect([value.length, chance.length]).toEqual([50, 32]);
      for (let at = 0; at < 256; at += 1)
        bits[at] = (bits[at] ?? 0) + (((chance[at >> 3] ?? 0) >> (at & 7)) & 1);
    }
    // six deviations off the middle: not once in a million runs
    const leaning = 3 / Math.sqrt(handed.length);
    for (const count of bits) expect(Math.abs(count / handed.length - 0.5)).toBeLessThan(leaning);
  });

  it('B5: a revoked refresh token stays so when every replica was started anew', async () => {
    const tokens = await lab.redeem(await lab.authorize(nurse, LAB));
    const value = tokens.refresh_token ?? '';
    expect((await refresh(value)).status).toBe(200);
    expect((await revoke(value)).status).toBe(200);
    for (const index of [0, 1]) {
      await world.replicas[index]?.stop();
      await world.restart(index);
    }
    for (const base of world.replicaUrls) {
      expect(await refresh(value, base)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    }
  });
});
