import { setTimeout as sleep } from 'node:timers/promises';
import { listAddresses } from '../../bench/lists/addresses.ts';
import { fill } from '../../bench/population/world.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';

/* Query plans, told by what PostgreSQL read: no page of the console reads a large table from end to end. */

const POPULATION = {
  ...{ units: 20_000, accounts: 40_000, subsystemAccounts: 80_000 },
  ...{ events: 40_000, waiting: 5000, seed: 1 },
};
const LARGE = [
  'unit',
  'account',
  'subsystem_account',
  'binding',
  'password_credential',
  'audit_event_before',
];
/** After so long PostgreSQL's processes have told what they read. */
const REPORTED_MS = 11_000;

describe('the console over a large population', () => {
  let world: IdpWorld;

  beforeAll(async () => {
    world = await startIdpWorld();
    const keys = world.env['IDP_MASTER_KEYS'] ?? '';
    await fill(world.env['IDP_DATABASE_URL'] ?? '', POPULATION, keys, () => {});
  }, 300_000);
  afterAll(() => world.stop());

  const scanned = async (): Promise<Map<string, number>> => {
    await sleep(REPORTED_MS);
    const rows = await world.database.query<{ name: string; share: number }>(
      `select relname as name, seq_tup_read / greatest(n_live_tup, 1)::float as share
       from pg_stat_user_tables where relname = any($1)`,
      [LARGE],
    );
    return new Map(rows.map(({ name, share }) => [name, share]));
  };

  it('answers every page and filter, none of them by reading a large table from end to end', async () => {
    const browser = await portalOf(world, 'demo.hpa');
    const before = await scanned();
    const faulty: string[] = [];
    const addresses = listAddresses();
    expect(addresses.length).toBeGreaterThan(30);
    for (const address of addresses) {
      const { status } = await browser.open(world.issuer + address);
      if (status !== 200) faulty.push(`${status} ${address}`);
    }
    expect(faulty).toEqual([]);
    const after = await scanned();
    const read = LARGE.filter((name) => (after.get(name) ?? 0) - (before.get(name) ?? 0) >= 1);
    expect(read).toEqual([]);
  }, 300_000);
});
