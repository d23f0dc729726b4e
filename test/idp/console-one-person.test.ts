import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';

const EMERGENCY = '/console/emergency';
const OTHER_UNIT = '2311170010';
const NURSES = 'P@00000001P@mbh_01';

/* F6: who decides is a person, not an account; and no deed of the console undoes more than itself. */
describe('one person with two accounts at the console', () => {
  let world: IdpWorld;
  let ops: Journey;
  let agency: Journey;
  let manager: Journey;

  beforeAll(async () => {
    world = await startIdpWorld();
    ops = await portalOf(world, 'demo.ops');
    agency = await portalOf(world, 'demo.hpa');
    manager = await portalOf(world, 'demo.manager');
  });
  afterAll(() => world.stop());

  const account = (loginName: string) =>
    world.database.db
      .selectFrom('account')
      .select(['id', 'status', 'national_id_index'])
      .where('login_name', '=', loginName)
      .executeTakeFirstOrThrow();
  const change = (loginName: string, values: Record<string, unknown>) =>
    world.database.db.updateTable('account').set(values).where('login_name', '=', loginName).execute();
  const stop = async (by: Journey, login: string): Promise<string> => {
    const { status, headers } = await forgeForm(world, by, `${EMERGENCY}/stop`, { login, reason: 'x' });
    expect(status).toBe(303);
    return String(headers['location']).replace(/\?.*/, '');
  };

  it('F4: to stop and to let back in does not enable an account that somebody disabled before', async () => {
    await change('demo.nurse', { status: 'disabled' });
    const first = await stop(ops, 'demo.nurse');
    await stop(ops, 'demo.nurse');
    const undone = await forgeForm(world, ops, `${first}/enabling`, { reason: 'x' });
    expect(undone.headers['location']).toBe(`${first}?done=lifted`);
    expect((await account('demo.nurse')).status).toBe('disabled');
    await change('demo.nurse', { status: 'active' });
  });

  it('F6: nobody reinstates what they hold under another account', async () => {
    const { national_id_index: index } = await account('demo.manager');
    const { db } = world.database;
    await db
      .updateTable('subsystem_account')
      .set({ status: 'suspended', suspended_because: 'idle', status_changed_at: new Date() })
      .set({ national_id_index: index })
      .where('id', '=', NURSES)
      .execute();
    const path = `/console/suspended-accounts/${encodeURIComponent(NURSES)}`;
    expect((await forgeForm(world, manager, path, { reason: 'x' })).status).toBe(422);
    const rows = db.selectFrom('subsystem_account').select('status').where('id', '=', NURSES);
    expect((await rows.executeTakeFirstOrThrow()).status).toBe('suspended');
  });

  it('F17: answers a day that is none as faulty, in every list that is searched by days', async () => {
    for (const list of ['review-history', 'enrollments', 'access-requests', 'audit', 'sign-ins']) {
      const page = await agency.open(`${world.issuer}/console/${list}?from=2026-99-99`);
      expect([list, page.status]).toEqual([list, 422]);
    }
  });

  it('J1: keeps no ID number with a saved filter', async () => {
    const query = new URLSearchParams({ national_id: 'A123456789', unit: '98' }).toString();
    const fields = { list: 'accounts', path: '/console/accounts', name: 'somebody', query };
    const answer = await forgeForm(world, manager, '/console/saved-filters', fields);
    expect(answer.headers['location']).toBe('/console/accounts?unit=98&done=filter-saved');
    const kept = await world.database.db.selectFrom('saved_filter').select('query').execute();
    expect(kept).toEqual([{ query: 'unit=98' }]);
  });

  it('F6: nobody confirms their own revocation, or lets themselves back in, under another account', async () => {
    const { national_id_index: index } = await account('demo.hpa');
    await change('demo.ops', { unit_code: OTHER_UNIT, national_id_index: index });
    const { kid } = await world.database.db
      .selectFrom('signing_key')
      .select('kid')
      .where('alg', '=', 'ES256')
      .executeTakeFirstOrThrow();
    const key = `/console/signing-keys/${kid}`;
    expect((await forgeForm(world, ops, `${key}/revocation`, { reason: 'x' })).status).toBe(303);
    expect((await forgeForm(world, agency, `${key}/confirmation`, { reason: 'x' })).status).toBe(403);
    const report = await stop(agency, 'demo.ops');
    expect((await forgeForm(world, agency, `${report}/enabling`, { reason: 'x' })).status).toBe(403);
    expect((await account('demo.ops')).status).toBe('disabled');
  });
});
