import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as oidc from 'openid-client';
import type { ConsoleDeps } from '#idp/console-app.ts';
import { consoleRouters } from '#idp/console-app.ts';
import {
  type ConsoleCaller,
  DEEDS,
  type Deed,
  consoleRoles,
  isDeed,
  permissionDocument,
  reachOf,
  reachesSubsystem,
  reachesUnit,
  wantsFresh,
} from '#idp/permissions/index.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, signIn } from '../support/journey.ts';
import { portalOf } from '../support/forged-form.ts';
import { FORM, rawRequest } from '../support/raw-http.ts';
import { browserOf, createRelyingParty, post } from '../support/relying-party.ts';

const DOCUMENT = path.join(import.meta.dirname, '../../docs/permissions.md');

const caller = (role: ConsoleCaller['role'], managed: ConsoleCaller['managed'] = []) => ({
  role,
  unitCode: '9876543210',
  managed,
});
const managing = [{ subsystemAccountId: 'P@00000001P@mbh_09', subsystemCode: 'mch', unitCode: '2311170010' }];

describe('permissions', () => {
  it('F1: are one table, and docs/permissions.md shows it as it is', () => {
    if (process.env['WRITE_DOCS']) writeFileSync(DOCUMENT, permissionDocument());
    expect(readFileSync(DOCUMENT, 'utf8')).toBe(permissionDocument());
  });

  it('F1: give a plain user nothing, and each role no more than its scope', () => {
    for (const deed of Object.keys(DEEDS) as Deed[]) {
      expect(reachOf(caller('user'), deed)).toBeUndefined();
      const reach = reachOf(caller('unit_manager'), deed);
      if (reach) expect(reach).toMatchObject({ nation: false, unitCodes: ['9876543210'] });
      const managed = reachOf(caller('user', managing), deed);
      if (managed) expect(managed).toMatchObject({ nation: false, unitCodes: [] });
    }
    expect(consoleRoles(caller('hpa_admin', managing))).toEqual(['hpa_admin', 'subsystem_manager']);
  });

  it('F2: reach one unit, one subsystem in one unit, or everything', () => {
    const own = reachOf(caller('unit_manager'), 'subsystem_accounts.read');
    expect(own && reachesUnit(own, '9876543210')).toBe(true);
    expect(own && reachesUnit(own, '2311170010')).toBe(false);
    const pair = reachOf(caller('user', managing), 'subsystem_accounts.read');
    expect(pair && reachesSubsystem(pair, 'mch', '2311170010')).toBe(true);
    expect(pair && reachesSubsystem(pair, 'cancer', '2311170010')).toBe(false);
    expect(pair && reachesUnit(pair, '2311170010')).toBe(false);
    const nation = reachOf(caller('hpa_admin'), 'subsystem_accounts.read');
    expect(nation && reachesUnit(nation, 'anything')).toBe(true);
  });
});

/** Answers every question with more of itself: enough to learn which routes there are. */
const anything: unknown = new Proxy(() => anything, {
  get: (_target, name) => (name === Symbol.toPrimitive ? () => '1' : anything),
  apply: () => anything,
});

describe('every route of the console', () => {
  let world: IdpWorld;
  const browsers = new Map<string, Journey>();
  const people = {
    'demo.nurse': caller('user'),
    'demo.manager': caller('unit_manager', managing),
    'demo.hpa': caller('hpa_admin', managing),
    'demo.ops': caller('platform_ops'),
  };
  const entries = consoleRouters(anything as ConsoleDeps).flatMap((router) => router.entries);

  beforeAll(async () => {
    world = await startIdpWorld();
    // the nurse leads the laboratory: here she is a plain user
    await world.database.db.deleteFrom('binding').where('subsystem_account_id', 'like', '%lab_03').execute();
    for (const name of Object.keys(people)) browsers.set(name, await portalOf(world, name));
  });
  afterAll(() => world.stop());

  const ask = (
    method: string,
    route: string,
    browser?: Journey,
    more: Record<string, string | undefined> = {},
  ) => {
    const address = route.replaceAll(/:\w+/g, '00000000-0000-4000-8000-000000000000');
    const cookie = browser?.jar.header(new URL(world.issuer)) ?? '';
    const all = { cookie, origin: world.issuer, ...(method === 'POST' && FORM), ...more };
    const headers = Object.fromEntries(
      Object.entries(all).filter(([, value]) => value !== undefined),
    ) as Record<string, string>;
    return rawRequest(world.issuer, method, address, { headers, ...(method === 'POST' && { body: '' }) });
  };

  it('F1: names a deed of the table', () => {
    expect(entries.length).toBeGreaterThan(2);
    expect(entries.filter(({ deed }) => !isDeed(deed))).toEqual([]);
    const addresses = entries.map(({ method, path: address }) => `${method} ${address}`);
    expect(addresses.filter((address, at) => addresses.indexOf(address) !== at)).toEqual([]);
  });

  it('F1: sends whoever is not signed in to sign in', async () => {
    for (const { method, path: route } of entries) {
      const answer = await ask(method, route);
      expect([route, answer.status, answer.headers.location?.split('?')[0]]).toEqual([
        route,
        303,
        '/sign-in',
      ]);
    }
  });

  it.each(Object.keys(people) as (keyof typeof people)[])(
    'F1: lets %s do what the table says',
    async (name) => {
      for (const { method, path: route, deed } of entries) {
        const answer = await ask(method, route, browsers.get(name));
        const may = reachOf(people[name], deed as Deed) !== undefined;
        expect([method, route, answer.status === 403]).toEqual([method, route, !may]);
        expect([route, answer.status < 500]).toEqual([route, true]);
      }
    },
  );

  it('F1: takes no token for a session', async () => {
    const sign = { loginName: 'demo.nurse' };
    const person = await createRelyingParty(world, 'spa-app', { authentication: oidc.None() });
    const theirs = await person.redeem(await person.authorize(browserOf(world), {}, sign));
    const resource = `${world.issuer}/api/v1`;
    const asked = { grant_type: 'client_credentials', resource, scope: 'messages:send' };
    const own = await post(world, '/oidc/token', asked, { clientId: 'service-app' });
    const tokens = [theirs.access_token, theirs.id_token, own.body['access_token']].map(String);
    for (const { method, path: route } of entries) {
      const authorization = `Bearer ${tokens[route.length % 3]}`;
      const answer = await ask(method, route, undefined, { authorization });
      expect([route, answer.status, answer.headers.location?.split('?')[0]]).toEqual([
        route,
        303,
        '/sign-in',
      ]);
    }
  });

  it('I5, A14: guards every page', async () => {
    for (const { path: route } of entries.filter(({ method }) => method === 'GET')) {
      for (const name of ['demo.hpa', 'demo.ops']) {
        const { headers } = await ask('GET', route, browsers.get(name));
        expect({ route, headers }).toMatchObject({
          headers: {
            'content-security-policy': expect.stringMatching(
              /default-src 'none'.*frame-ancestors 'none'/,
            ) as string,
            'x-content-type-options': 'nosniff',
            'x-frame-options': 'DENY',
            'referrer-policy': expect.stringMatching(/^(same-origin|no-referrer)$/) as string,
            'cross-origin-opener-policy': 'same-origin',
            'cache-control': 'no-store',
          },
        });
        expect(headers['content-security-policy']).not.toContain('unsafe-');
      }
    }
  });

  it('F15: takes no form of another site, of no site, or of another kind', async () => {
    const forged: Record<string, string | undefined>[] = [
      { origin: 'https://evil.test' },
      { origin: 'null' },
      { origin: `${world.issuer}.evil.test` },
      { origin: undefined },
      { origin: 'https://evil.test', 'content-type': 'text/plain' },
      { origin: 'https://evil.test', 'content-type': 'application/json' },
    ];
    for (const { path: route, deed } of entries.filter(({ method }) => method === 'POST')) {
      const name = (['demo.hpa', 'demo.ops', 'demo.manager'] as const).find((one) =>
        reachOf(people[one], deed as Deed),
      );
      expect([route, name]).toEqual([route, expect.any(String)]);
      for (const headers of forged) {
        const { status } = await ask('POST', route, browsers.get(name ?? ''), headers);
        expect([route, headers, status]).toEqual([route, headers, 403]);
      }
    }
  });

  it('F13: asks for a second factor of whoever signed in without one', async () => {
    await world.database.db
      .updateTable('subsystem_account')
      .set({ role: 'mch_manager' })
      .where('id', '=', 'P@00000001P@mbh_01')
      .execute();
    const nurse = browserOf(world);
    await nurse.open(`${world.issuer}/sign-in`);
    await signIn(nurse, 'demo.nurse');
    expect(nurse.page()?.text).toContain('系統管理設定'); // P-20
    const answer = await ask('GET', '/console', nurse);
    expect([answer.status, answer.headers.location]).toEqual([
      303,
      '/sign-in?factor=yes&return_to=%2Fconsole',
    ]);
  });

  it('F13: wants a sign-in of the last minutes for each deed that the table calls fresh', async () => {
    const old = new Date(Date.now() - 20 * 60_000);
    await world.database.db.updateTable('oidc_session').set({ login_at: old }).execute();
    const fresh = entries.filter(({ deed }) => wantsFresh(deed as Deed));
    expect(new Set(fresh.map(({ deed }) => deed)).size).toBeGreaterThan(8);
    for (const { method, path: route, deed } of fresh) {
      for (const name of ['demo.hpa', 'demo.ops', 'demo.manager'] as const) {
        if (!reachOf(people[name], deed as Deed)) continue;
        const answer = await ask(method, route, browsers.get(name));
        const to = answer.headers.location?.split('&')[0];
        expect([name, route, answer.status, to]).toEqual([name, route, 303, '/sign-in?fresh=yes']);
      }
    }
  });
});
