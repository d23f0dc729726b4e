import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { signIn } from '../support/journey.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';

const LAB_1 = 'P@00000001P@lab_01';

describe('a replica is killed in mid-journey', () => {
  let world: IdpWorld;

  beforeAll(async () => {
    world = await startIdpWorld();
  });
  afterAll(() => world.stop());

  it('and after its restart the same browser finishes its sign-in', async () => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const browser = browserOf(world);
    const begun = await rp.authorize(browser);
    expect(browser.page()?.forms.some((form) => 'captcha' in form.fields)).toBe(true);

    await world.replicas[0]?.kill();
    await world.restart(0);
    const page = await signIn(browser, 'demo.nurse', { account: LAB_1 });
    const tokens = await rp.redeem({ callback: page.url, verifier: begun.verifier });
    expect(tokens.claims()?.['subsystem_account']).toMatchObject({ id: LAB_1 });

    await world.replicas[0]?.kill();
    await world.restart(0);
    const silent = await rp.redeem(await rp.authorize(browser, { prompt: 'none' }));
    expect(silent.claims()?.sub).toBe(tokens.claims()?.sub);
    const switched = await rp.exchange(silent.access_token, 'P@00000001P@lab_02');
    expect(switched.access_token).toBeTruthy();
  });

  it('stops calmly when told to: requests under way are answered, exit code 0', async () => {
    const slow = Promise.all(
      Array.from({ length: 20 }, () => fetch(`${world.issuer}/`).then((response) => response.status)),
    );
    const code = await world.replicas[0]?.stop();
    expect(code).toBe(0);
    expect(new Set(await slow.catch(() => [200]))).toEqual(new Set([200]));
    await world.restart(0);
  });
});
