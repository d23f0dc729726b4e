import { randomBytes } from 'node:crypto';
import * as oidc from 'openid-client';
import { type Balancer, startBalancer } from '../support/balancer.ts';
import { makeProof } from '../support/dpop-proof.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, createJourney } from '../support/journey.ts';
import { createRelyingParty, post } from '../support/relying-party.ts';
import { freePort } from '../support/replica.ts';
import { recordResult } from './report.ts';

const VISITS = 3;

/** A master key is replaced on two replicas behind a balancer that gives each request to the next one. */
describe('replacing a master key', () => {
  let world: IdpWorld;
  let balancer: Balancer;
  let nurse: Journey;
  let visits = 0;
  let bound: { key: oidc.CryptoKeyPair; refreshToken: string; nonce: string | undefined };
  const old = Buffer.alloc(32, 7).toString('base64');
  const fresh = randomBytes(32).toString('base64');
  const browser = (): Journey => createJourney({ stopAt: world.rpOrigin });

  beforeAll(async () => {
    const port = await freePort();
    const issuer = `http://localhost:${port}`;
    world = await startIdpWorld({ replicas: 2, issuer, env: { IDP_TRUSTED_PROXY_HOPS: '1' } });
    balancer = await startBalancer(world.replicaUrls, { port, checkEveryMs: 100 });
    await Promise.all([balancer.waitFor(0, true), balancer.waitFor(1, true)]);
    nurse = browser();
    await signInAgain(nurse);
    bound = await bindTokens(nurse);
  });
  afterAll(async () => {
    await balancer.stop();
    await world.stop();
  });

  async function signInAgain(journey: Journey) {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const sign = { loginName: 'demo.nurse', account: 'P@00000001P@lab_01' };
    return { rp, tokens: await rp.redeem(await rp.authorize(journey, {}, sign)) };
  }
  async function bindTokens(journey: Journey) {
    const key = await oidc.randomDPoPKeyPair('ES256', { extractable: true });
    const plain = await createRelyingParty(world, 'bound-app', { authentication: oidc.None() });
    const dpop = oidc.getDPoPHandle(plain.config, key);
    const rp = await createRelyingParty(world, 'bound-app', { authentication: oidc.None(), dpop });
    const tokens = await rp.redeem(await rp.authorize(journey, { account: 'P@00000001P@bnd_01' }));
    return { key, refreshToken: tokens.refresh_token ?? '', nonce: undefined };
  }
  async function refreshBound(): Promise<unknown> {
    const { key, refreshToken, nonce } = bound;
    const url = `${world.issuer}/oidc/token`;
    const proof = await makeProof(key, 'POST', url, nonce === undefined ? {} : { claims: { nonce } });
    const parameters = { grant_type: 'refresh_token', client_id: 'bound-app', refresh_token: refreshToken };
    const { status, body, headers } = await post(world, '/oidc/token', parameters, {
      headers: { dpop: proof },
    });
    bound.nonce = headers.get('dpop-nonce') ?? nonce;
    return status === 200 ? 200 : body['error'];
  }
  /** Everything that depends on a master key, through both replicas in turn. */
  async function visit(): Promise<Record<string, unknown>> {
    const page = await nurse.open(`${world.issuer}/account/profile`);
    const service = { grant_type: 'client_credentials' };
    const { rp, tokens } = await signInAgain(browser());
    const renewed = await oidc.refreshTokenGrant(rp.config, tokens.refresh_token ?? '');
    return {
      // a session whose cookie was signed long ago, and the number that is sealed
      session: /[A-Z]\d{2}\*{4}\d{3}/.test(page.text) || page.text.slice(0, 200),
      proof: await refreshBound(),
      client: (await post(world, '/oidc/token', service, { clientId: 'service-app' })).status,
      signIn: typeof renewed.id_token,
    };
  }
  async function visitOften(): Promise<void> {
    for (let count = 0; count < VISITS; count += 1) {
      visits += 1;
      expect(await visit()).toEqual({ session: true, proof: 200, client: 200, signIn: 'string' });
    }
  }
  async function restart(index: number, ...keys: string[]): Promise<void> {
    await world.replicas[index]?.stop();
    await balancer.waitFor(index, false);
    await world.restart(index, { env: { IDP_MASTER_KEYS: keys.join(',') } });
    await balancer.waitFor(index, true);
  }

  it('R22: loses no session, sign-in, proof or client while the rings differ, nor when the old key is gone', async () => {
    await visitOften();
    await restart(1, old, fresh); // one knows the new key, the other does not yet
    await visitOften();
    await restart(0, fresh, old); // one seals and signs by the new key, the other by the old one
    await visitOften();

    world.env['IDP_MASTER_KEYS'] = `${fresh},${old}`;
    const resealing = world.command('keys', 'reseal');
    await visitOften();
    const { code, output } = await resealing;
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('(older): ') });
    await restart(1, fresh, old);
    await visitOften();
    expect((await world.command('keys', 'reseal')).output).toContain('(older): nothing');

    await restart(1, fresh); // one has forgotten the old key
    await visitOften();
    await restart(0, fresh);
    await visitOften();
    recordResult({
      row: 'R22',
      deed: 'a master key replaced on two replicas: added, put first, everything sealed anew, the old one removed',
      figures: `${visits} visits in 6 states of the rings: 0 sessions, sign-ins, DPoP proofs or clients lost`,
      passed: true,
    });
  });
});
