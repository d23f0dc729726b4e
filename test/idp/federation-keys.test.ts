import { generateKeyPair, exportJWK } from 'jose';
import { type Database, openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { applySettings } from '#idp/federation/registration/service/apply.ts';
import { rotateFederationKey } from '#idp/federation/registration/service/keys.ts';
import { tendFederationKeys } from '#idp/federation/registration/service/tend-keys.ts';
import { type FederationSettings, readSettings } from '#idp/federation/registration/settings.ts';
import { listFederationKeys } from '#idp/federation/registration/store/keys.ts';
import { TrustFault } from '#idp/federation/trust-chain/index.ts';
import { listAlarms, stateOf, watchKeys } from '#idp/signing-keys/index.ts';
import { DAY, HOUR } from '#kit/clock.ts';
import { createKeyring } from '#kit/keyring.ts';
import { cloneDatabase } from '../support/databases.ts';
import { SCHEDULE } from '../support/key-schedule.ts';

const ISSUER = 'https://entry.example';
const SUPERIORS = ['https://ministry.example', 'https://county.example'];
const DUE = 400;

describe('the life of a federation key', () => {
  let database: Database<IdpTables>;
  let now: Date;
  let settings: FederationSettings;
  /** What each superior says our keys are; without an entry it does not answer. */
  let said: Map<string, { kid: string }[]>;

  beforeEach(async () => {
    const { url } = await cloneDatabase('idp');
    database = openDatabase<IdpTables>({
      ...{ url, connections: 4, applicationName: 'test', onConnectionLost: () => {} },
    });
    now = new Date('2026-03-01T00:00:00Z');
    said = new Map();
    settings = readSettings(
      JSON.stringify({
        ...{ organizationName: 'Entry', authorityHints: SUPERIORS },
        rotation: { afterDays: DUE, remindAfterDays: 10 },
      }),
      ISSUER,
    );
    await applySettings(deps(), settings);
  });
  afterEach(() => database.close());

  const deps = () => ({
    ...{ db: database.db, clock: () => now, issuer: ISSUER },
    keyring: createKeyring(Buffer.alloc(32, 7).toString('base64')),
  });
  const pass = (ms: number): void => {
    now = new Date(now.getTime() + ms);
  };
  const tend = (own = settings) =>
    tendFederationKeys(deps(), own, {
      async statementAbout(entityId, superior) {
        const keys = said.get(superior);
        if (!keys) throw new TrustFault('unreachable', superior);
        const iat = now.getTime() / 1000;
        return { iss: superior, sub: entityId, iat, exp: iat + 24 * 3600, jwks: { keys: keys as never } };
      },
    });
  const states = async () => (await listFederationKeys(database.db, now)).map((key) => stateOf(key, now));
  const published = async () =>
    (await listFederationKeys(database.db, now)).map(({ publicJwk, kid }) => ({ ...publicJwk, kid }));
  const alarms = async () => (await listAlarms(database.db)).map(({ kind }) => kind);
  const vouch = async (...superiors: string[]) => {
    const keys = await published();
    for (const superior of superiors) said.set(superior, keys);
  };

  it('is followed in time, by a key that signs once every superior vouches for it and older statements are out', async () => {
    await tend();
    expect(await states()).toEqual(['active']);
    pass(DUE * DAY);
    await tend();
    expect(await states()).toEqual(['active', 'announced']);
    await tend(); // a second job finds nothing to do
    await vouch('https://ministry.example');
    pass(3 * DAY);
    await tend();
    expect(await states()).toEqual(['active', 'announced']);
    await vouch(...SUPERIORS);
    await tend();
    expect(await states()).toEqual(['active', 'announced']);
    pass(23 * HOUR);
    expect(await states()).toEqual(['active', 'announced']);
    pass(HOUR);
    expect(await states()).toEqual(['retiring', 'active']);
    pass(9 * DAY);
    expect(await states()).toEqual(['active']);
  });

  it('takes no other key of the same name for it', async () => {
    const kid = await rotateFederationKey(deps(), undefined, { reason: 'asked' });
    await vouch(...SUPERIORS);
    const { publicKey } = await generateKeyPair('ES256');
    const other = { ...(await exportJWK(publicKey)), kid: kid ?? '' };
    said.set('https://county.example', [other]);
    await tend();
    pass(30 * DAY);
    expect(await states()).toEqual(['active', 'announced']);
  });

  it('raises an alarm while a superior does not vouch in time, and ends it; the signing keys’ watch leaves it alone', async () => {
    await rotateFederationKey(deps(), undefined, { reason: 'asked' });
    await vouch('https://ministry.example');
    pass(9 * DAY);
    await tend();
    expect(await alarms()).toEqual([]);
    pass(DAY);
    await tend();
    await watchKeys(deps(), SCHEDULE);
    expect(await alarms()).toContain('vouching_waits');
    const [alarm] = (await listAlarms(database.db)).filter(({ kind }) => kind === 'vouching_waits');
    expect(alarm?.facts).toEqual({ clients: 'https://county.example', page: '/console/federation/keys' });
    await vouch(...SUPERIORS);
    await tend();
    expect(await alarms()).not.toContain('vouching_waits');
  });

  it('raises an alarm when it is old and nobody has made another, whether there is a schedule or not', async () => {
    const { rotation: _none, ...unscheduled } = settings;
    pass(364 * DAY);
    await tend(unscheduled);
    expect(await alarms()).toEqual([]);
    pass(DAY);
    await tend(unscheduled);
    expect(await alarms()).toEqual(['federation_overdue']);
    await rotateFederationKey(deps(), 14, { reason: 'asked' });
    await tend(unscheduled);
    expect(await alarms()).toEqual([]);
    pass(14 * DAY);
    expect(await states()).toEqual(['retiring', 'active']);
  });

  it('is announced once, however many ask at once', async () => {
    const asked = await Promise.all(
      Array.from({ length: 8 }, () => rotateFederationKey(deps(), undefined, { reason: 'asked' })),
    );
    expect(asked.filter((kid) => kid !== undefined)).toHaveLength(1);
    expect(await states()).toEqual(['active', 'announced']);
  });
});
