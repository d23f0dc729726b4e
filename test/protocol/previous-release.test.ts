import * as oidc from 'openid-client';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { createJourney, signIn } from '../support/journey.ts';
import { type Release, checkOutPreviousRelease } from '../support/previous-release.ts';
import { createRelyingParty, post } from '../support/relying-party.ts';
import { type Replica, freePort, startReplica } from '../support/replica.ts';

const LAB_1 = 'P@00000001P@lab_01';
const LAB_2 = 'P@00000001P@lab_02';

describe('R3: the previous release and this one on one database', () => {
  let release: Release;
  let world: IdpWorld;
  let before: Replica;
  /** This release first. */
  let bases: string[];

  beforeAll(async () => {
    release = checkOutPreviousRelease();
    world = await startIdpWorld();
    const port = await freePort();
    before = await startReplica([release.program('idp/main.ts')], { ...world.env, IDP_PORT: String(port) });
    bases = [world.issuer, `http://localhost:${port}`];
  });
  afterAll(async () => {
    await before.stop();
    await world.stop();
    release.remove();
  });

  /** A browser whose every request goes to the other release than the one before. */
  function alternating(first: number) {
    let turn = first;
    const via = Object.defineProperty({}, world.issuer, { get: () => bases[turn++ % 2] });
    return createJourney({ stopAt: world.rpOrigin, via });
  }

  /** The relying party, its own requests to the release told. */
  async function partyAt(at: number) {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    rp.config[oidc.customFetch] = (url, options) =>
      fetch(url.replace(world.issuer, bases[at % 2] ?? ''), options as RequestInit);
    return rp;
  }

  it.each([0, 1])('R3: what one has begun the other goes on with (%i)', async (first) => {
    const browser = alternating(first);
    const [one, other] = [await partyAt(first), await partyAt(first + 1)];
    const begun = await one.authorize(browser);
    const page = await signIn(browser, 'demo.nurse', { account: LAB_1 });
    let tokens = await other.redeem({ callback: page.url, verifier: begun.verifier });
    const subject = tokens.claims()?.sub ?? '';

    for (let turn = 0; turn < 4; turn += 1) {
      const { config } = turn % 2 === 0 ? one : other;
      const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
      expect(fresh.claims()?.sub).toBe(subject);
      tokens = fresh;
    }
    for (const [turn, account] of [LAB_2, LAB_1, LAB_2].entries()) {
      const [here, there] = turn % 2 === 0 ? [other, one] : [one, other];
      tokens = await here.exchange(tokens.access_token, account);
      const info = await oidc.fetchUserInfo(there.config, tokens.access_token, subject);
      expect(info['subsystem_account']).toMatchObject({ id: account });
      expect(await oidc.tokenIntrospection(here.config, tokens.access_token)).toMatchObject({ active: true });
    }
    const silent = await one.redeem(await other.authorize(browser, { prompt: 'none' }));
    expect(silent.claims()?.sub).toBe(subject);
  });

  it('R3: what one has ended or used the other refuses', async () => {
    const browser = alternating(0);
    const [one, other] = [await partyAt(0), await partyAt(1)];
    const at = await one.authorize(browser, {}, { loginName: 'demo.nurse', account: LAB_1 });
    const tokens = await one.redeem(at);
    await expect(other.redeem(at)).rejects.toMatchObject({ error: 'invalid_grant' });
    const refused = await oidc.tokenIntrospection(one.config, tokens.access_token);
    expect(refused.active).toBe(false); // a code used twice ends its grant, whichever release saw it

    const again = await one.redeem(await other.authorize(browser, { prompt: 'none' }));
    await oidc.tokenRevocation(other.config, again.access_token);
    const info = await post(
      world,
      '/oidc/introspection',
      { token: again.access_token },
      { clientId: 'lab-app' },
    );
    expect(info.body).toEqual({ active: false });
  });
});
