import { SignJWT, exportJWK } from 'jose';
import * as oidc from 'openid-client';
import { signIn } from '../support/journey.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { ACCESS_TOKEN, EXCHANGE, browserOf, createRelyingParty, post } from '../support/relying-party.ts';

const TRIES = 20;
const LAB_1 = 'P@00000001P@lab_01';
const LAB_2 = 'P@00000001P@lab_02';

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

describe('one-time things, twenty at once, on two replicas over one database', () => {
  let world: IdpWorld;

  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
  });
  afterAll(() => world.stop());

  /** The same request twenty times at once, every other one to the second replica. */
  const together = (send: (base: string) => Promise<Answer>): Promise<Answer[]> =>
    Promise.all(
      Array.from({ length: TRIES }, (_, index) => send(world.replicaUrls[index % 2] ?? world.issuer)),
    );
  const errorsOf = (answers: Answer[]): unknown[] => [
    ...new Set(answers.filter(({ status }) => status !== 200).map(({ body }) => body['error'])),
  ];
  const winners = (answers: Answer[]): Answer[] => answers.filter(({ status }) => status === 200);

  it('redeems a code once, and what it got ends because it was presented again', async () => {
    const spa = await createRelyingParty(world, 'spa-app', { authentication: oidc.None() });
    const { callback, verifier } = await spa.authorize(browserOf(world), {}, { loginName: 'demo.nurse' });
    const answers = await together((base) =>
      post(
        world,
        '/oidc/token',
        {
          grant_type: 'authorization_code',
          client_id: 'spa-app',
          code: callback.searchParams.get('code') ?? '',
          redirect_uri: spa.redirectUri,
          code_verifier: verifier,
        },
        { base },
      ),
    );
    expect(winners(answers)).toHaveLength(1);
    expect(errorsOf(answers)).toEqual(['invalid_grant']);
    const token = String(winners(answers)[0]?.body['access_token']);
    const userinfo = await fetch(`${world.issuer}/oidc/userinfo`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(userinfo.status).toBe(401);
  });

  it('rotates a public client’s refresh token once; a later replay ends the grant', async () => {
    const spa = await createRelyingParty(world, 'spa-app', { authentication: oidc.None() });
    const tokens = await spa.redeem(await spa.authorize(browserOf(world), {}, { loginName: 'demo.nurse' }));
    const refresh = (token: string, base?: string): Promise<Answer> =>
      post(
        world,
        '/oidc/token',
        { grant_type: 'refresh_token', client_id: 'spa-app', refresh_token: token },
        base ? { base } : {},
      );
    const first = tokens.refresh_token ?? '';
    const answers = await together((base) => refresh(first, base));
    expect(winners(answers)).toHaveLength(1);
    expect(errorsOf(answers)).toEqual(['invalid_grant']);

    const second = String(winners(answers)[0]?.body['refresh_token']);
    expect(second).not.toBe(first);
    const next = await refresh(second);
    expect(next.status).toBe(200); // the retries within seconds revoked nothing

    const third = String(next.body['refresh_token']);
    await world.database.query(
      "update artefact_hours set consumed_at = now() - interval '1 minute' where consumed_at is not null and $1",
      [true],
    );
    expect((await refresh(first)).status).toBe(400);
    expect((await refresh(third)).body['error']).toBe('invalid_grant');
  });

  it('takes one DPoP proof once', async () => {
    const key = await oidc.randomDPoPKeyPair('ES256');
    const bound = await createRelyingParty(world, 'bound-app', { authentication: oidc.None() });
    const handle = oidc.getDPoPHandle(bound.config, key);
    const rp = await createRelyingParty(world, 'bound-app', { authentication: oidc.None(), dpop: handle });
    const tokens = await rp.redeem(
      await rp.authorize(browserOf(world), {}, { loginName: 'demo.nurse', account: 'P@00000001P@bnd_01' }),
    );
    const proof = await makeProof(key, `${world.issuer}/oidc/token`);
    const answers = await together((base) =>
      post(
        world,
        '/oidc/token',
        { grant_type: 'refresh_token', client_id: 'bound-app', refresh_token: tokens.refresh_token ?? '' },
        { base, headers: { dpop: proof } },
      ),
    );
    expect(winners(answers)).toHaveLength(1);
    expect(errorsOf(answers)).toEqual(['invalid_grant']);
  });

  it('exchanges one subject token once', async () => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const tokens = await rp.redeem(
      await rp.authorize(browserOf(world), {}, { loginName: 'demo.nurse', account: LAB_1 }),
    );
    const answers = await together((base) =>
      post(
        world,
        '/oidc/token',
        {
          grant_type: EXCHANGE,
          subject_token: tokens.access_token,
          subject_token_type: ACCESS_TOKEN,
          account: LAB_2,
        },
        { clientId: 'lab-app', base },
      ),
    );
    expect(winners(answers)).toHaveLength(1);
    expect(errorsOf(answers)).toEqual(['invalid_request']);
    const grants = await world.database.db
      .selectFrom('oidc_grant')
      .select('id')
      .where('subsystem_account_id', '=', LAB_2)
      .execute();
    expect(grants).toHaveLength(1);
    const token = String(winners(answers)[0]?.body['access_token']);
    expect(await oidc.tokenIntrospection(rp.config, token)).toMatchObject({ active: true });
  });

  it('keeps every client when three sign in silently at once in one browser', async () => {
    const browser = browserOf(world);
    await browser.open(`${world.issuer}/sign-in`);
    await signIn(browser, 'demo.nurse');
    const parties = await Promise.all([
      createRelyingParty(world, 'lab-app', { pushed: true }),
      createRelyingParty(world, 'spa-app', { authentication: oidc.None() }),
      createRelyingParty(world, 'mch-app', { pushed: true }),
    ]);
    const accounts = [LAB_1, 'P@00000001P@spa_01', 'P@00000001P@mbh_01'];
    const arrivals = await Promise.all(
      parties.map((rp, at) =>
        rp.authorize(browserOf(world, browser), {
          prompt: 'none',
          account: accounts[at] ?? '',
        }),
      ),
    );
    const tokens = await Promise.all(
      parties.map((rp, at) => rp.redeem(arrivals[at] as (typeof arrivals)[0])),
    );
    for (const [at, answer] of tokens.entries()) {
      const rp = parties[at] as (typeof parties)[0];
      const userinfo = await oidc.fetchUserInfo(rp.config, answer.access_token, answer.claims()?.sub ?? '');
      expect(userinfo['subsystem_account']).toMatchObject({ id: accounts[at] });
    }
  });

  it('gives no token that works after an unbind committed, however the exchanges fall', async () => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    for (let round = 0; round < 5; round += 1) {
      const tokens = await rp.redeem(
        await rp.authorize(browserOf(world), {}, { loginName: 'demo.nurse', account: LAB_1 }),
      );
      const exchange = rp.exchange(tokens.access_token, LAB_2).then(
        (answer) => answer.access_token,
        () => undefined,
      );
      const disable = world.command('subsystem-accounts', 'disable', LAB_2, '--reason', 'race');
      const [token] = await Promise.all([exchange, disable]);
      if (token !== undefined) {
        expect(await oidc.tokenIntrospection(rp.config, token)).toEqual({ active: false });
      }
      expect(
        await world.database.db
          .selectFrom('oidc_grant')
          .select('id')
          .where('subsystem_account_id', '=', LAB_2)
          .execute(),
      ).toEqual([]);
      await world.command('subsystem-accounts', 'enable', LAB_2, '--reason', 'race');
    }
  });
});

async function makeProof(key: oidc.CryptoKeyPair, url: string): Promise<string> {
  return new SignJWT({ htm: 'POST', htu: url, jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(key.publicKey) })
    .setIssuedAt()
    .sign(key.privateKey);
}
