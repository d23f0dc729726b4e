import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import type { Journey } from '../support/journey.ts';

const PAGE = '/console/suspended-accounts';
const NURSE = 'P@00000001P@mbh_01';
const ELSEWHERE = 'P@00000001P@mbh_02';
const MANAGER = 'P@00000002P@mbh_01';

describe('reinstating in the console', () => {
  let world: IdpWorld;
  let manager: Journey;
  let agency: Journey;

  beforeAll(async () => {
    world = await startIdpWorld();
    manager = await portalOf(world, 'demo.manager');
    agency = await portalOf(world, 'demo.hpa');
    await suspend(NURSE, 'idle');
    await suspend(ELSEWHERE, 'repeated_lock');
    await suspend(MANAGER, 'yearly_review');
  });
  afterAll(() => world.stop());

  const suspend = (id: string, because: 'idle' | 'repeated_lock' | 'yearly_review') =>
    world.database.db
      .updateTable('subsystem_account')
      .set({ status: 'suspended', suspended_because: because, status_changed_at: new Date() })
      .where('id', '=', id)
      .execute();
  const open = (browser: Journey, path = '') => browser.open(world.issuer + PAGE + path);
  const at = (id: string): string => `/${encodeURIComponent(id)}`;
  const statusOf = async (id: string) => {
    const rows = world.database.db.selectFrom('subsystem_account').select('status').where('id', '=', id);
    return (await rows.executeTakeFirstOrThrow()).status;
  };

  it('SM-11, M-39: lists what is suspended within reach, why and since when, and counts it first', async () => {
    const list = await open(manager);
    expect(list.text).toMatch(/P@00000001P@mbh_01.*逾期未登入/s);
    expect(list.text).not.toContain(ELSEWHERE); // F2: another unit's
    expect((await open(manager, '?because=repeated_lock')).text).not.toContain(NURSE);
    expect((await open(agency)).text).toContain(ELSEWHERE);
    const home = await manager.open(`${world.issuer}/console`);
    expect(home.text).toMatch(/2 帳號待復權/);
  });

  it('SM-11: reinstates with a reason; its owner chooses a new password and is told', async () => {
    await open(manager, at(NURSE));
    const silent = await manager.submit((form) => form.action.startsWith(PAGE), { reason: ' ' });
    expect([silent.status, silent.text.includes('請填寫原因說明')]).toEqual([422, true]);
    const done = await manager.submit((form) => form.action.startsWith(PAGE), { reason: '已回復上班' });
    expect(done.text).toContain('已復權');
    expect(await statusOf(NURSE)).toBe('active');
    const credential = await world.database.db
      .selectFrom('password_credential as c')
      .innerJoin('account as a', 'a.id', 'c.account_id')
      .select('c.must_change')
      .where('a.login_name', '=', 'demo.nurse')
      .executeTakeFirstOrThrow();
    expect(credential.must_change).toBe(true);
    const record = await world.database.db
      .selectFrom('audit_event')
      .selectAll()
      .where('type', '=', 'subsystem_account.status_changed')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    expect(record.details).toMatchObject({ status: 'active', reason: '已回復上班' });
  });

  it('F2, F4: nobody reinstates another unit’s account, their own, or another manager’s', async () => {
    expect((await open(manager, at(ELSEWHERE))).status).toBe(404);
    expect((await forgeForm(world, manager, PAGE + at(ELSEWHERE), { reason: 'x' })).status).toBe(404);
    await open(manager, at(MANAGER));
    const own = await manager.submit((form) => form.action.startsWith(PAGE), { reason: '自己' });
    expect([own.status, own.text.includes('不能為自己的帳號復權')]).toEqual([422, true]);
    expect(await statusOf(MANAGER)).toBe('suspended');
    await open(agency, at(MANAGER));
    await agency.submit((form) => form.action.startsWith(PAGE), { reason: '署核准' });
    expect(await statusOf(MANAGER)).toBe('active');
    expect((await open(agency, at(MANAGER))).status).toBe(404); // done already
  });
});
