import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as oidc from 'openid-client';
import { createProviderClients } from '#idp/federation/upstream/client.ts';
import { providerSchema } from '#idp/federation/upstream/manifest.ts';
import { createKeyring } from '#kit/keyring.ts';
import { createLog } from '#kit/log.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, type Page, createJourney } from '../support/journey.ts';
import { type Door, type LyingProvider, startLyingProvider } from '../support/lying-provider.ts';
import { answerOf, atSignIn, declare, link, manifestOf, offered, signInWith } from '../idp/upstream-world.ts';

const DOORS: Door[] = ['discovery', 'par', 'token', 'keys', 'userinfo'];
const LOCALES = ['zh-TW', 'en'] as const;
const WORDS = {
  'zh-TW': /機構的登入服務(目前沒有回應|傳回的結果無法採信).*請.*以單一入口帳號登入/,
  en: /institution's sign-in (does not answer now|answered cannot be trusted).*use your single entry account|sign in with your single entry account/,
};
const BOUND_MS = 20_000;

/* The same sign-in, with the provider down, slow and lying at each of its doors. */
describe('a provider of an institution that is away at one of its doors', () => {
  let world: IdpWorld;
  let providers: Map<Door, LyingProvider>;
  let away: LyingProvider;
  beforeAll(async () => {
    world = await startIdpWorld();
    away = await startLyingProvider();
    providers = new Map();
    for (const door of DOORS) providers.set(door, await startLyingProvider());
    await declareAll();
    await declare(world, manifestOf(away, 'away'));
    await offered(world, 'away');
    await link(world, await portalOf(world, 'demo.nurse'), 'away');
    for (const one of providers.values()) one.who = { sub: 'subject-1', email: 'demo.nurse@example.test' };
  });
  afterAll(async () => {
    await world.stop();
    await Promise.all([...providers.values(), away].map((one) => one.stop()));
  });

  const declareAll = () =>
    declare(
      world,
      ...[...providers].map(([door, provider]) => {
        provider.lies = { metadata: { pushed_authorization_request_endpoint: `${provider.issuer}/par` } };
        return manifestOf(provider, door);
      }),
    );
  const sessions = async (): Promise<number> =>
    (await world.database.db.selectFrom('upstream_session').selectAll().execute()).length;
  const at = async (locale: (typeof LOCALES)[number]): Promise<Journey> => {
    const browser = createJourney({ locale });
    await browser.open(`${world.issuer}/sign-in`);
    return browser;
  };
  const isToldIn = (page: Page, locale: (typeof LOCALES)[number]): void => {
    expect([page.status, page.url.origin]).toEqual([200, world.issuer]);
    expect(page.text).toMatch(WORDS[locale]);
    expect(page.text).not.toMatch(/請修正|Please correct/); // nothing that was typed is wrong
    expect(page.forms.some((form) => 'captcha' in form.fields)).toBe(true);
  };

  it.each(['broken', 'silent', 'garbled'] as const)(
    'G10: at each step of a sign-in a provider that is %s is told of in both languages, beside the local way',
    async (how) => {
      await declareAll(); // its metadata and keys are read anew
      await offered(world, 'away');
      const [links, before] = [await linksOf(), await sessions()];
      for (const [door, provider] of providers) provider.lies = { ...provider.lies, [how]: door };
      const begun = performance.now();
      const all = DOORS.flatMap((door) =>
        LOCALES.map(async (locale) => {
          const page = await signInWith(world, await at(locale), door);
          isToldIn(page, locale);
        }),
      );
      const quick = performance.now();
      expect((await fetch(`${world.issuer}/healthz`)).status).toBe(200);
      expect((await portalOf(world, 'demo.nurse')).page()?.url.pathname).toBe('/');
      expect(performance.now() - quick).toBeLessThan(BOUND_MS / 2);
      await Promise.all(all);
      expect(performance.now() - begun).toBeLessThan(BOUND_MS);
      expect([await linksOf(), await sessions()]).toEqual([links, before]);
    },
  );

  it('G10: a provider that goes away in the middle of it is told of, and others sign in meanwhile', async () => {
    const browsers = await Promise.all(LOCALES.map((locale) => at(locale)));
    const answers: URL[] = [];
    for (const browser of browsers) answers.push(await answerOf(world, browser, 'away'));
    await away.stop();
    const before = await sessions();
    for (const [index, browser] of browsers.entries()) {
      isToldIn(await browser.open(answers[index]?.href ?? ''), LOCALES[index] ?? 'en');
    }
    const local = await portalOf(world, 'demo.nurse');
    expect([local.page()?.url.pathname, await sessions()]).toEqual(['/', before]);
    // nor does who is away keep anybody from signing out
    await local.open(`${world.issuer}/`);
    const out = await local.submit((form) => form.action.endsWith('/sign-out'));
    expect([out.status, out.url.pathname]).toEqual([200, '/signed-out']);
    expect((await atSignIn(world)).page()?.status).toBe(200);
  });

  it('I1: asks nobody inside our network that the metadata of a provider names', async () => {
    let asked = 0;
    const inside = createServer((_req, res) => {
      asked += 1;
      res.end('{}');
    });
    await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
    const within = `http://127.0.0.1:${(inside.address() as AddressInfo).port}`;
    const liar = await startLyingProvider();
    const names = [
      'token_endpoint',
      'jwks_uri',
      'userinfo_endpoint',
      'pushed_authorization_request_endpoint',
    ];
    liar.lies.metadata = Object.fromEntries(names.map((name) => [name, `${within}/${name}`]));
    const clients = createProviderClients({
      ...{ db: world.database.db, clock: () => new Date(), log: createLog('test', 'silent') },
      keyring: createKeyring(world.env['IDP_MASTER_KEYS'] ?? ''),
      config: { issuer: world.issuer, privateNetworks: 'localhost' }, // and no other
    });
    const provider = {
      ...{ code: 'liar', issuer: liar.issuer, secretSealed: undefined, active: true, version: 1 },
      manifest: providerSchema.parse(manifestOf(liar, 'liar')),
    };
    const configuration = await clients.of(provider);
    const find = await clients.keysOf(provider);
    const callback = new URL(`${world.issuer}/callback?code=x&iss=${encodeURIComponent(liar.issuer)}`);
    const tries = [
      async () => oidc.buildAuthorizationUrlWithPAR(configuration, { redirect_uri: callback.href }),
      async () => oidc.authorizationCodeGrant(configuration, callback),
      async () => oidc.fetchUserInfo(configuration, 'at', 'subject-1'),
      async () => find({ alg: 'RS256', kid: 'k1' }, { payload: '', signature: '' }),
    ];
    for (const one of tries) await expect(one()).rejects.toThrow();
    expect(asked).toBe(0);
    inside.close();
    await liar.stop();
  });

  const linksOf = () =>
    world.database.db.selectFrom('upstream_link').select(['account_id', 'subject']).execute();
});
