import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, signIn } from '../support/journey.ts';
import { type RelyingParty, browserOf, createRelyingParty, post } from '../support/relying-party.ts';

const ROUNDS = 30;
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

  it('B4: of refreshes that race with a revocation none leaves a token that works once it was answered', async () => {
    const [one = '', other = ''] = world.replicaUrls;
    for (let round = 0; round < ROUNDS; round += 1) {
      const tokens = await lab.redeem(await lab.authorize(nurse, LAB));
      const value = tokens.refresh_token ?? '';
      const [revoked, ...refreshed] = await Promise.all([
        revoke(value, one),
        refresh(value, one),
        refresh(value, other),
        refresh(value, other),
      ]);
      expect(revoked.status).toBe(200);
      const got = [tokens.access_token, ...refreshed.map(({ body }) => body['access_token'])];
      const alive = await Promise.all(got.filter((held) => held !== undefined).map(userinfo));
      expect([round, [...new Set(alive)]]).toEqual([round, [401]]);
      expect((await refresh(value, other)).status).toBe(400);
    }
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
