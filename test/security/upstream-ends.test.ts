import * as oidc from 'openid-client';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey, Page } from '../support/journey.ts';
import { type LyingProvider, startLyingProvider } from '../support/lying-provider.ts';
import { createRelyingParty } from '../support/relying-party.ts';
import { LINKS, atSignIn, declare, link, manifestOf, offered, signInWith } from '../idp/upstream-world.ts';

/* Signing out at a subsystem, by somebody whom an institution's provider signed in. */
describe('signing out at a subsystem what an institution signed in', () => {
  let world: IdpWorld;
  let group: LyingProvider;
  let browser: Journey;
  beforeAll(async () => {
    [world, group] = await Promise.all([startIdpWorld(), startLyingProvider()]);
    await declare(world, manifestOf(group, 'group'));
    await offered(world, 'group');
    await link(world, await portalOf(world, 'demo.nurse'), 'group');
  });
  afterAll(async () => {
    await world.stop();
    await group.stop();
  });
  beforeEach(async () => {
    browser = await atSignIn(world);
    await signInWith(world, browser, 'group');
  });

  const isIn = async (): Promise<boolean> =>
    (await browser.open(`${world.issuer}${LINKS}`)).url.pathname === LINKS;
  /** Signs out at the subsystem, which knows who it is and wants them back, and presses a button of ours. */
  const signOut = async (wanted: Record<string, string>, button = 'yes'): Promise<Page> => {
    const party = await createRelyingParty(world, 'spa-app', { authentication: oidc.None() });
    const at = await party.authorize(browser, {}, { loginName: 'demo.nurse' });
    const hint = wanted['id_token_hint'] ?? (await party.redeem(at)).id_token ?? '';
    const url = oidc.buildEndSessionUrl(party.config, { ...wanted, id_token_hint: hint });
    await browser.open(url.href);
    const pressed = ({ name, value }: { name: string; value: string }) =>
      button === 'yes' ? value === 'yes' : name === '';
    return browser.submit((form) => form.action.endsWith('/logout/confirm'), {}, pressed);
  };
  const links = ({ html }: Page): string[] =>
    [...html.matchAll(/class="button[^"]*" href="([^"]+)"/g)].map(([, url = '']) =>
      url.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&'),
    );

  it('RP-Initiated Logout §2: offers the end there, and leads back to the subsystem by either way', async () => {
    const out = `${world.rpOrigin}/out`;
    const page = await signOut({ post_logout_redirect_uri: out, state: 'a&b' });
    expect(page.url.href).toContain(`${world.issuer}/signed-out?institution=`);
    expect(page.text).toContain('一併登出「機構 group」');
    const [end = '', onward] = links(page);
    expect(onward).toBe(`${out}?state=a%26b`);
    expect(await isIn()).toBe(false);

    browser.stopBefore(({ origin }) => origin === group.issuer);
    const { url } = await browser.open(world.issuer + end);
    browser.stopBefore(() => false);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      post_logout_redirect_uri: `${world.issuer}/signed-out`,
      id_token_hint: expect.stringMatching(/^ey/),
    });
    const state = url.searchParams.get('state') ?? '';
    const back = await browser.open(
      `${world.issuer}/signed-out?${new URLSearchParams({ state }).toString()}`,
    );
    expect(links(back)).toEqual([`${out}?state=a%26b`]);
    for (const forged of [
      `${state.slice(0, -4)}AAAA`,
      out,
      '',
      new URL(page.url).searchParams.get('institution') ?? '',
    ]) {
      const query = new URLSearchParams({ state: forged });
      expect(links(await browser.open(`${world.issuer}/signed-out?${query.toString()}`))).toEqual(['/']);
    }
  });

  it('RP-Initiated Logout §2: leads home where the subsystem names no address, and offers nothing to who stays', async () => {
    const page = await signOut({});
    expect([page.url.pathname, links(page).at(1)]).toEqual(['/signed-out', '/']);
    browser = await atSignIn(world);
    await signInWith(world, browser, 'group');
    const stayed = await signOut({}, 'no');
    expect(stayed.url.search).not.toContain('institution');
    expect(await isIn()).toBe(true);
  });

  it('RP-Initiated Logout §3: whoever signed in here goes straight back', async () => {
    browser = await portalOf(world, 'demo.nurse');
    browser.stopBefore(({ origin }) => origin === world.rpOrigin);
    const page = await signOut({ post_logout_redirect_uri: `${world.rpOrigin}/out`, state: 'x' });
    expect(page.url.href).toBe(`${world.rpOrigin}/out?state=x`);
  });
});
