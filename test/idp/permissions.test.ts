import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
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
} from '#idp/permissions/index.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, signIn } from '../support/journey.ts';
import { portalOf } from '../support/forged-form.ts';
import { FORM, rawRequest } from '../support/raw-http.ts';
import { browserOf } from '../support/relying-party.ts';

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

  const ask = (method: string, route: string, browser?: Journey) => {
    const address = route.replaceAll(/:\w+/g, '00000000-0000-4000-8000-000000000000');
    const cookie = browser?.jar.header(new URL(world.issuer)) ?? '';
    const headers = { cookie, origin: world.issuer, ...(method === 'POST' && FORM) };
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
});
