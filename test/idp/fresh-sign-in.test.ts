import { credentialsOf, forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';

describe('a sensitive deed asks for a sign-in of the last minutes', () => {
  let world: IdpWorld;
  beforeAll(async () => {
    world = await startIdpWorld();
  });
  afterAll(() => world.stop());

  /** demo.new, signed in `minutes` ago; the provider is told the same. */
  const signedInBefore = async (minutes: number): Promise<Journey> => {
    const browser = await portalOf(world, 'demo.new');
    const at = new Date(Date.now() - minutes * 60_000);
    await world.database.query(
      `update oidc_session set login_at = $1, payload = jsonb_set(payload, '{loginTs}', to_jsonb($2::int))`,
      [at, Math.floor(at.getTime() / 1000)],
    );
    return browser;
  };
  const signIn = (browser: Journey) =>
    browser.submit((form) => 'captcha' in form.fields, credentialsOf('demo.new'));

  it('P-23: a page of it is come back to with its query, once signed in', async () => {
    const browser = await signedInBefore(4); // enough for sending the form, too late to begin filling it in
    const asked = await browser.open(`${world.issuer}/account/profile/email?from=mail`);
    expect(asked.forms.some((form) => 'captcha' in form.fields)).toBe(true);
    const page = await signIn(browser);
    expect(page.url.pathname + page.url.search).toBe('/account/profile/email?from=mail');
    expect(page.status).toBe(200);
  });

  it('P-23: a form of it leads to its own page, or to the one that its feature names', async () => {
    for (const [path, back] of [
      ['/account/profile/email', '/account/profile/email'],
      ['/account/security/recovery-codes', '/account/security'],
    ] as const) {
      const browser = await signedInBefore(6);
      const answer = await forgeForm(world, browser, path, { email: 'elsewhere@example.test' });
      const { location = '' } = answer.headers;
      expect([answer.status, location]).toEqual([
        303,
        `/sign-in?fresh=yes&return_to=${encodeURIComponent(back)}`,
      ]);
      await browser.open(world.issuer + location);
      expect((await signIn(browser)).url.pathname).toBe(back);
    }
    const { db } = world.database;
    expect(await db.selectFrom('pending_email').selectAll().execute()).toEqual([]);
  });

  it('lets a form begun in time be sent, and a stranger sign in first', async () => {
    const browser = await signedInBefore(4);
    const answer = await forgeForm(world, browser, '/account/profile/email', { email: 'x' });
    expect(answer.status).toBe(422);
    const stranger = await forgeForm(world, browser, '/account/profile/email', {}, { cookie: '' });
    expect(stranger.headers.location).toBe('/sign-in?return_to=%2F');
  });
});
