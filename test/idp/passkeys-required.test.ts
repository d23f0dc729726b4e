import { decideRemoval } from '#idp/own-authenticators/policy.ts';
import type { Factor } from '#idp/own-authenticators/types.ts';
import { nextStep } from '#idp/sign-in/policy.ts';
import type { InteractionFacts, Person } from '#idp/sign-in/types.ts';
import { credentialsOf, forgeForm } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, signIn } from '../support/journey.ts';
import { browserOf } from '../support/relying-party.ts';
import { SoftAuthenticator } from '../support/soft-authenticator.ts';
import { NOW, both, interaction, person, pwd, session } from './sign-in-facts.ts';

const PAGE = '/account/security';
const RESISTANT = { amr: ['pwd', 'hwk', 'mfa'] };

describe('where a role must resist phishing', () => {
  const rows: [string, Partial<Person>, Partial<InteractionFacts>, string][] = [
    ['nothing yet', {}, { progress: pwd }, 'enrol-passkey'],
    ['an app, not asked yet', { hasTotp: true }, { progress: pwd }, 'second-factor'],
    ['an app, asked', { hasTotp: true }, { progress: both }, 'enrol-passkey'],
    ['a passkey', { hasPasskey: true }, { progress: pwd }, 'second-factor'],
    [
      'a passkey, and the code of an app',
      { hasPasskey: true, hasTotp: true },
      { progress: both },
      'second-factor',
    ],
    ['a passkey, used', { hasPasskey: true }, { progress: { ...pwd, ...RESISTANT } }, 'done'],
    [
      'a passkey instead of the password',
      { hasPasskey: true },
      { progress: { ...pwd, amr: ['hwk'] } },
      'done',
    ],
    ['a session of before', {}, { session: session(['pwd', 'otp', 'mfa']) }, 'password'],
    [
      'a session of before, a passkey since',
      { hasPasskey: true },
      { session: session(['pwd'], 7200) },
      'password',
    ],
    [
      'a session that resists',
      { hasPasskey: true },
      { session: session(['hwk']), prompt: 'consent' },
      'consent',
    ],
  ];
  it.each(rows)('D19: %s', (_name, has, facts, step) => {
    const someone = person({ role: 'hpa_admin', ...has });
    const given = { interaction: interaction(facts), rules: 'deck' as const, person: someone };
    const phishingResistantRoles = new Set(['hpa_admin'] as const);
    expect(nextStep({ ...given, phishingResistantRoles }, NOW).step).toBe(step);
    const other = new Set(['platform_ops'] as const);
    expect(nextStep({ ...given, phishingResistantRoles: other }, NOW).step).toBe(nextStep(given, NOW).step);
  });

  const factor = (id: string, kind: Factor['kind']): Factor => ({
    id,
    kind,
    name: '',
    addedAt: NOW,
    lastUsedAt: undefined,
  });
  it.each([
    [['totp', 'a'], 'a', false],
    [['totp', 'a'], 'totp', true],
    [['a', 'b'], 'a', true],
    [['a'], 'a', false],
  ])('D19: of %j, %s may go: %s', (ids, id, allowed) => {
    const factors = ids.map((each) => factor(each, each === 'totp' ? 'totp' : 'passkey'));
    expect(decideRemoval(factors, id, 'phishing_resistant').allowed).toBe(allowed);
  });
});

describe('a passkey that the role asks for', () => {
  let world: IdpWorld;
  beforeAll(async () => {
    world = await startIdpWorld({ env: { PHISHING_RESISTANT_ROLES: 'hpa_admin, user' } });
  });
  afterAll(() => world.stop());

  const optionsOn = (browser: Journey): { challenge: string } => {
    const json = /data-options="([^"]*)"/.exec(browser.page()?.html ?? '')?.[1] ?? '';
    return JSON.parse(json.replaceAll('&quot;', '"').replaceAll('&#x3D;', '=')) as { challenge: string };
  };
  const start = async (): Promise<Journey> => {
    const browser = browserOf(world);
    await browser.open(`${world.issuer}/sign-in`);
    return browser;
  };
  const withPassword = async (loginName: string): Promise<Journey> => {
    const browser = await start();
    await browser.submit((form) => 'captcha' in form.fields, credentialsOf(loginName));
    return browser;
  };
  const answer = (browser: Journey, response: string) =>
    browser.submit((form) => form.action.endsWith('/passkey-enrolment'), { response, name: '公務筆電' });
  const isSignedIn = async (browser: Journey): Promise<boolean> =>
    (await browser.open(world.issuer + PAGE)).url.pathname === PAGE;

  it('D19: is added within the sign-in, counts for it, and is asked for from then on', async () => {
    const browser = await withPassword('demo.nurse');
    expect(browser.page()?.text).toContain('您的角色必須以通行密鑰登入');
    expect(await isSignedIn(await start())).toBe(false);
    const forged = new SoftAuthenticator('https://elsewhere.example');
    const refused = await answer(browser, forged.create(optionsOn(browser)));
    expect(refused.text).toContain('您的角色必須以通行密鑰登入');
    expect(await world.database.db.selectFrom('passkey').select('id').execute()).toEqual([]);

    const authenticator = new SoftAuthenticator(world.issuer);
    const page = await answer(browser, authenticator.create(optionsOn(browser)));
    expect(page.url.pathname).toBe('/');
    const [found] = await world.database.db
      .selectFrom('oidc_session')
      .select('payload')
      .where('account_id', 'is not', null)
      .execute();
    expect(found?.payload).toMatchObject({ acr: 'urn:single-entry:acr:phishing-resistant' });

    const again = await withPassword('demo.nurse');
    const address = again.page()?.url.pathname ?? '';
    expect(again.page()?.forms.some((form) => 'code' in form.fields)).toBe(false);
    const { body } = await forgeForm(world, again, `${address}/passkey-challenge`, {});
    authenticator.counter = 1;
    const response = authenticator.get(JSON.parse(body) as { challenge: string });
    const inside = await again.submit((form) => form.action.endsWith('/passkey'), { response });
    expect(inside.url.pathname).toBe('/');

    const security = await again.open(world.issuer + PAGE);
    expect(security.text).toContain('至少要保留一個');
    expect(security.html).not.toContain('/removal"');
    const [passkey] = await world.database.db.selectFrom('passkey').select('id').execute();
    const removal = `${PAGE}/factors/${encodeURIComponent(passkey?.id ?? '')}/removal`;
    expect((await forgeForm(world, again, removal, {})).status).toBe(409);
  });

  it('D19: comes after the code of an app, and is not offered to roles that need none', async () => {
    const hpa = await start();
    await signIn(hpa, 'demo.hpa');
    expect(hpa.page()?.text).toContain('您的角色必須以通行密鑰登入');
    expect(await isSignedIn(hpa)).toBe(false);
    const manager = await start();
    await signIn(manager, 'demo.manager');
    expect(manager.page()?.url.pathname).toBe('/');
  });

  it('D19: takes no enrolment before its step is due, and none of another journey', async () => {
    const fresh = await start();
    const address = fresh.page()?.url.pathname ?? '';
    const early = await forgeForm(world, fresh, `${address}/passkey-enrolment`, { response: '{}' });
    expect(early.status).toBe(303);
    const one = await withPassword('demo.new');
    const response = new SoftAuthenticator(world.issuer).create(optionsOn(one));
    const other = await withPassword('demo.new');
    await answer(other, response);
    expect(await isSignedIn(other)).toBe(false);
    expect(await world.database.db.selectFrom('passkey').select('id').execute()).toHaveLength(1);
  });
});
