import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, FIXED_CAPTCHA, signIn } from '../support/journey.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';

const LAB_1 = 'P@00000001P@lab_01';

describe('a form sent twice', () => {
  let world: IdpWorld;

  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
  });
  afterAll(() => world.stop());

  /** Sends a form of the journey's page, as a second press of its button does; the browser keeps what each answer gives. */
  async function press(browser: Journey, path: string, fields: Record<string, string>): Promise<number> {
    const page = browser.page();
    const address = new URL(page?.url.pathname + path, world.issuer);
    const response = await fetch(address, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams(fields),
      headers: { cookie: browser.jar.header(page?.url as URL), origin: world.issuer },
    });
    browser.jar.store(address, response.headers.getSetCookie());
    return response.status;
  }

  it('five times at once, the sign-in goes on where it stands', async () => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    for (let round = 0; round < 5; round += 1) {
      const browser = browserOf(world);
      const begun = await rp.authorize(browser);
      const typed = { account: 'demo.nurse', password: DEMO_PASSWORD, captcha: FIXED_CAPTCHA };
      const statuses = await Promise.all([1, 2, 3, 4, 5].map(() => press(browser, '/password', typed)));
      expect(new Set(statuses)).toEqual(new Set([303]));
      const next = await browser.open(browser.page()?.url.href ?? '');
      expect(next.forms.some((form) => 'captcha' in form.fields)).toBe(false);
      const done = await signIn(browser, 'demo.nurse', { account: LAB_1 });
      const tokens = await rp.redeem({ callback: done.url, verifier: begun.verifier });
      expect(tokens.claims()?.['subsystem_account']).toMatchObject({ id: LAB_1 });
    }
  });

  it('Back after signing in shows a page with a way on, not an old form', async () => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const browser = browserOf(world);
    const begun = await rp.authorize(browser);
    await signIn(browser, 'demo.nurse', { account: LAB_1 });
    const back = await browser.open(begun.callback.href);
    expect(back.status).toBe(410);
    expect(back.html).toContain('href="/"');
    expect(back.forms.some((form) => 'password' in form.fields)).toBe(false);
  });
});
