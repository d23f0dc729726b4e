import { credentialsOf, forgeForm, portalOf } from '../support/forged-form.ts';
import { type DeviceWorld, startDeviceWorld } from '../support/device.ts';
import type { Journey } from '../support/journey.ts';
import { type LyingProvider, startLyingProvider } from '../support/lying-provider.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';
import { LINKS, atSignIn, declare, link, manifestOf, offered, signInWith } from '../idp/upstream-world.ts';

const LAB = 'P@00000001P@lab_01';
const RESUME = /^\/oidc\/(auth|device)\/[\w-]+$/;

/* Session fixation where a sign-in begins anew elsewhere: who prepared it never gets what the other proved (CVE-2026-7507). */
describe('a sign-in that an attacker prepared, finished by somebody else', () => {
  let world: DeviceWorld;
  let group: LyingProvider;
  beforeAll(async () => {
    [world, group] = await Promise.all([startDeviceWorld(), startLyingProvider()]);
    await declare(world, manifestOf(group, 'group'));
    await offered(world, 'group');
    await link(world, await portalOf(world, 'demo.nurse'), 'group');
  });
  afterAll(async () => {
    await world.stop();
    await group.stop();
  });

  const isIn = async (browser: Journey): Promise<boolean> =>
    (await browser.open(`${world.issuer}${LINKS}`)).url.pathname === LINKS;
  /** A browser with all cookies that the attacker has by now: planted, or copied on a computer that many share. */
  const planted = (attacker: Journey): Journey => {
    const victim = browserOf(world);
    attacker.jar.copyTo(victim.jar);
    return victim;
  };
  const placeOf = (browser: Journey): string => browser.page()?.url.pathname ?? '';
  const asksToSignIn = async (browser: Journey, path: string): Promise<boolean> =>
    (await browser.open(world.issuer + path)).forms.some((form) => 'captcha' in form.fields);
  const tieOfLast = () => world.database.db.selectFrom('upstream_session').select('session_uid').execute();

  it('A23: an address at the provider that somebody else left for leads nobody in', async () => {
    const attacker = await atSignIn(world);
    attacker.stopBefore(({ origin }) => origin === group.issuer);
    const { url } = await signInWith(world, attacker, 'group');
    attacker.stopBefore(() => false);
    const victim = await atSignIn(world); // with a sign-in of their own begun
    expect((await victim.open(url.href)).status).toBe(410);
    expect((await attacker.open(`${world.issuer}${placeOf(victim)}`)).status).toBe(410);
    expect([await isIn(attacker), await isIn(victim)]).toEqual([false, false]);
  });

  it('A23: with planted cookies what comes back from the provider is the victim’s alone, at each step', async () => {
    const attacker = await atSignIn(world);
    const at = placeOf(attacker);
    await signInWith(world, attacker, 'nobody').catch(() => undefined); // gets every cookie there is before
    attacker.stopBefore(({ origin }) => origin === group.issuer);
    await attacker.open(`${world.issuer}${at}/upstream?provider=group`);
    attacker.stopBefore(() => false);
    const victim = planted(attacker);
    victim.stopBefore(({ pathname }) => pathname.endsWith('/upstream/arrival'));
    const { url: arrival } = await victim.open(`${world.issuer}${at}/upstream?provider=group`);
    expect(await asksToSignIn(attacker, `${at}/upstream/arrival`)).toBe(true);

    victim.stopBefore(({ pathname }) => RESUME.test(pathname));
    const { url: onward } = await victim.open(arrival.href);
    expect(onward.pathname).toMatch(RESUME);
    const tries = await Promise.all(Array.from({ length: 10 }, () => planted(attacker).open(onward.href)));
    expect(tries.map(({ status }) => status)).toEqual(tries.map(() => 400));
    victim.stopBefore(() => false);
    expect((await victim.open(onward.href)).url.pathname).toBe('/');
    expect([await isIn(victim), await isIn(attacker)]).toEqual([true, false]);
  });

  it.each([['at the provider'], ['here']])(
    'A23: with planted cookies nobody chooses an account for whoever signed in %s',
    async (where) => {
      const party = await createRelyingParty(world, 'lab-app', { pushed: true });
      const attacker = browserOf(world);
      await party.authorize(attacker);
      const at = placeOf(attacker);
      const victim = planted(attacker);
      await victim.open(world.issuer + at);
      if (where === 'here') {
        await victim.submit((form) => 'captcha' in form.fields, credentialsOf('demo.nurse'));
      } else await signInWith(world, victim, 'group');
      const chooses = victim
        .page()
        ?.forms.some(({ buttons }) => buttons.some(({ name }) => name === 'account'));
      expect(chooses).toBe(true);
      expect(await asksToSignIn(attacker, at)).toBe(true);
      const chosen = await forgeForm(world, attacker, `${at}/account`, { account: LAB });
      expect(chosen.headers.location ?? '').not.toMatch(/\/oidc\/auth\//);
      expect(await isIn(attacker)).toBe(false);
      // nor is it undone by what the attacker types there in vain
      await forgeForm(world, attacker, `${at}/password`, { ...credentialsOf('demo.nurse'), captcha: '0' });
      await forgeForm(world, attacker, `${at}/captcha`, { account: 'demo.nurse' });
      // nor does what the attacker proves there afterwards join what the victim has proven
      await victim.open(world.issuer + at);
      victim.stopBefore(({ origin }) => origin === world.rpOrigin);
      const { url } = await victim.submit(
        (form) => form.buttons.some(({ name }) => name === 'account'),
        {},
        ({ value }) => value === LAB,
      );
      expect(url.searchParams.get('code')).toEqual(expect.any(String));
    },
  );

  it('A23: at a device’s request too, and the session is the provider’s to end', async () => {
    const asked = await world.ask();
    const attacker = browserOf(world);
    await world.typeCode(attacker, asked.user_code);
    await world.press(attacker, 'confirm');
    const at = placeOf(attacker);
    expect(at).toMatch(/^\/interaction\//);
    const victim = planted(attacker);
    const before = (await tieOfLast()).length;
    await victim.open(world.issuer + at);
    await signInWith(world, victim, 'group');
    victim.stopBefore(({ pathname }) => RESUME.test(pathname));
    const { url } = await victim.submit(
      (form) => form.buttons.some(({ name }) => name === 'account'),
      {},
      ({ value }) => value === LAB,
    );
    expect(url.pathname).toMatch(/^\/oidc\/device\//);
    expect((await attacker.open(url.href)).status).toBe(400);
    victim.stopBefore(() => false);
    expect((await victim.open(url.href)).status).toBe(200);
    expect((await tieOfLast()).length).toBe(before + 1);
    expect([await isIn(victim), await isIn(attacker)]).toEqual([true, false]);
  });
});
