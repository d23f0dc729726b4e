import { eventually } from '../support/eventually.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { lastAudit, personOf } from './bindings-support.ts';

describe('J9: the audit store failing', () => {
  let world: IdpWorld;
  let ops: Journey;
  beforeAll(async () => {
    world = await startIdpWorld();
    ops = await portalOf(world, 'demo.ops');
  });
  afterAll(() => world.stop());

  const command = (text: string) => world.database.query(text, []);
  const spool = () => world.database.db.selectFrom('audit_spool').selectAll().execute();

  it('refuses privileged deeds whole, lets people sign in with a spool, and moves it into the trail afterwards', async () => {
    const nurse = await personOf(world, 'demo.nurse');
    const signIns = async () => {
      const rows = world.database.db
        .selectFrom('audit_event')
        .select(['id', 'details'])
        .where('type', '=', 'sign_in.succeeded')
        .where('account_id', '=', nurse.id);
      return rows.orderBy('id').execute();
    };
    expect(await signIns()).toHaveLength(0);
    await command(`alter table audit_event add constraint broken check (false) not valid`);
    // until the replica has noticed
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const browser = await portalOf(world, 'demo.nurse');
    expect((await browser.open(`${world.issuer}/account/sessions`)).status).toBe(200);
    expect((await spool()).map(({ record }) => record['type'])).toContain('sign_in.succeeded');

    await ops.open(`${world.issuer}/console/addresses/new`);
    const refused = await ops.submit((form) => 'network' in form.fields, {
      ...{ role: 'hpa_admin', network: '203.0.113.0/24', note: '不會寫入' },
    });
    expect(refused.status).toBe(500);
    expect(await world.database.db.selectFrom('console_network').selectAll().execute()).toEqual([]);

    await command(`alter table audit_event drop constraint broken`);
    await eventually(async () => expect(await spool()).toEqual([]), 6000);
    const moved = await signIns();
    expect(moved).toHaveLength(1);
    expect(moved[0]?.details).toMatchObject({ spooled: true });
    expect(await lastAudit(world, 'audit.probed')).toBeUndefined();
    await ops.open(`${world.issuer}/console/addresses/new`);
    const added = await ops.submit((form) => 'network' in form.fields, {
      ...{ role: 'hpa_admin', network: '203.0.113.0/24', note: '已恢復' },
    });
    expect(added.text).toContain('已新增');
  });
});
