import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { rawRequest } from '../support/raw-http.ts';
import { HOSPITAL, STATION, addPerson, idOf } from './account-administration-world.ts';

const NURSE = 'P@00000001P@mbh_01';
const AT_STATION = 'P@00000001P@mbh_02';
const LIST = '/console/subsystem-accounts';

describe('administering subsystem accounts', () => {
  let world: IdpWorld;
  let manager: Journey;
  let hpa: Journey;

  beforeAll(async () => {
    world = await startIdpWorld();
    manager = await portalOf(world, 'demo.manager');
    hpa = await portalOf(world, 'demo.hpa');
  });
  afterAll(() => world.stop());

  const show = (browser: Journey, path = '') => browser.open(`${world.issuer}${LIST}${path}`);
  const address = (id: string) => `/${encodeURIComponent(id)}`;
  const row = (id: string) =>
    world.database.db
      .selectFrom('subsystem_account')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
  const accessOf = async (id: string) => {
    const { role, duty, menu_roles: menuRoles, status } = await row(id);
    return { role, duty, menuRoles: menuRoles.toSorted(), status };
  };
  const send = async (
    browser: Journey,
    id: string,
    change: Partial<{ role: string; duty: string; menuRoles: string[]; status: string; reason: string }>,
    extra: [string, string][] = [],
    was?: object,
  ) => {
    const now = await accessOf(id);
    const form = { ...now, reason: '', ...change };
    const body = new URLSearchParams([
      ['was', JSON.stringify(was ?? now)],
      ['role', form.role],
      ['duty', form.duty],
      ['status', form.status],
      ['reason', form.reason],
      ...form.menuRoles.map((role): [string, string] => [`menu_role.${form.duty}`, role]),
      ...extra,
    ]).toString();
    const headers = {
      cookie: browser.jar.header(new URL(world.issuer)),
      origin: world.issuer,
      'content-type': 'application/x-www-form-urlencoded',
    };
    return rawRequest(world.issuer, 'POST', LIST + address(id), { headers, body });
  };
  const addAccount = async (id: string, loginName: string, role = 'mch_user', unitCode = HOSPITAL) => {
    const accountId = await addPerson(world, { loginName, unitCode });
    const owner = await world.database.db
      .selectFrom('account')
      .select('national_id_index')
      .where('id', '=', accountId)
      .executeTakeFirstOrThrow();
    await world.database.db
      .insertInto('subsystem_account')
      .values({
        id,
        subsystem_code: 'mch',
        account_id: accountId,
        national_id_index: owner.national_id_index,
        holder_name: '測試人',
        unit_code: unitCode,
        role,
        duty: 'medical',
        menu_roles: ['mi_antenatal'],
        status: 'active',
      })
      .execute();
  };

  it('P-50: lists the own unit’s accounts, found by place, unit, account, name, role and status', async () => {
    const own = await show(manager);
    expect(own.text).toContain(NURSE);
    expect(own.text).not.toContain(AT_STATION);
    expect(own.text).toContain('基隆市');
    const found = async (query: string) => [
      ...new Set((await show(hpa, `?${query}`)).text.match(/P@\d{8}P@\w+/g)),
    ];
    expect(await found(`unit=${STATION}`)).toContain(AT_STATION);
    expect(await found('county=10017&town=10017070&account=P@00000001P@mbh')).toEqual(
      expect.arrayContaining([NURSE, AT_STATION]),
    );
    expect(await found('county=63000&system=mch')).toEqual(expect.arrayContaining(['P@00000004P@mbh_01']));
    expect(await found('county=63000&system=mch')).not.toContain(NURSE);
    expect(await found('role=mch_manager&unit=9876543210')).toEqual(['P@00000002P@mbh_01']);
    expect(await found('status=pending')).toEqual([]);
    expect((await show(hpa, '?status=gone')).status).toBe(422);
  });

  it('F2: answers another unit’s accounts as if there were none', async () => {
    expect((await show(manager, `?unit=${STATION}`)).text).not.toContain('mbh_02');
    expect((await show(manager, address(AT_STATION))).status).toBe(404);
    expect((await send(manager, AT_STATION, { menuRoles: [] })).status).toBe(404);
    for (const path of ['/bulk', '/bulk/disabling']) {
      const answer = await forgeForm(world, manager, LIST + path, {
        id: AT_STATION,
        deed: 'disabling',
        reason: '測試',
      });
      expect([path, answer.status]).toEqual([path, 404]);
    }
    expect((await row(AT_STATION)).status).toBe('active');
  });

  it('P-51: gives menu roles of the duty, shows the managers used and allowed, and records what changed', async () => {
    const page = await show(manager, address(NURSE));
    expect(page.text).toContain('管理員數量1/2');
    const menuRoles = ['mi_antenatal', 'mi_high_risk'];
    expect((await send(manager, NURSE, { menuRoles })).status).toBe(303);
    expect((await row(NURSE)).menu_roles.toSorted()).toEqual(menuRoles);
    const event = await world.database.db
      .selectFrom('audit_event')
      .select(['type', 'actor_account_id', 'to_subsystem_account_id', 'details'])
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    expect(event).toMatchObject({
      type: 'subsystem_account.administered',
      actor_account_id: await idOf(world, 'demo.manager'),
      to_subsystem_account_id: NURSE,
      details: { fields: ['menuRoles'], after: { menuRoles } },
    });
  });

  it('P-51, F11: refuses what the duty, the unit or the manifest does not have', async () => {
    const before = await row(NURSE);
    for (const [change, words] of [
      [{ menuRoles: ['hs_card'] }, '選單角色'],
      [{ menuRoles: ['root'] }, '選單角色'],
      [{ duty: 'hpa', menuRoles: [] }, '業務權責'],
      [{ role: 'emperor' }, '子系統角色'],
    ] as const) {
      const answer = await send(manager, NURSE, { ...change, menuRoles: [...(change.menuRoles ?? [])] });
      expect([answer.status, answer.body.includes(words)]).toEqual([409, true]);
    }
    expect((await send(manager, NURSE, { status: 'suspended' })).status).toBe(400);
    const smuggled: [string, string][] = [
      ['unit_code', STATION],
      ['account_id', await idOf(world, 'demo.manager')],
    ];
    expect((await send(manager, NURSE, {}, smuggled)).status).toBe(303);
    expect(await row(NURSE)).toEqual(before);
  });

  it('P-51: refuses menu roles that the unit is not entitled to', async () => {
    const { db } = world.database;
    await db
      .insertInto('unit_entitlement')
      .values({
        unit_code: HOSPITAL,
        subsystem_code: 'mch',
        menu_role: 'mi_antenatal',
        valid_from: '2020-01-01',
      })
      .execute();
    expect((await show(manager, address(NURSE))).html).not.toContain('value="mi_gbs_lab"');
    expect((await send(manager, NURSE, { menuRoles: ['mi_gbs_lab'] })).status).toBe(409);
    await db.deleteFrom('unit_entitlement').execute();
  });

  it('P-51: never makes more managers than the quota, under 20 parallel tries', async () => {
    for (let at = 1; at <= 5; at += 1) await addAccount(`P@0000090${at}P@mbh_01`, `quota.person${at}`);
    const tries = Array.from({ length: 20 }, (_, at) =>
      send(manager, `P@0000090${(at % 5) + 1}P@mbh_01`, { role: 'mch_manager' }),
    );
    const answers = await Promise.all(tries);
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    const managers = await world.database.db
      .selectFrom('subsystem_account')
      .select('id')
      .where('unit_code', '=', HOSPITAL)
      .where('role', '=', 'mch_manager')
      .where('status', '=', 'active')
      .execute();
    expect(managers).toHaveLength(2);
    expect((await show(manager, address(NURSE))).text).toContain('管理員已達上限數量2/2位');
    const made = managers.find(({ id }) => id !== 'P@00000002P@mbh_01')?.id ?? '';
    expect((await send(hpa, made, { status: 'disabled', reason: '測試' })).status).toBe(303);
    const room = await send(manager, 'P@00000001P@mbh_01', { role: 'mch_manager' });
    expect(room.status).toBe(303);
    const back = await send(hpa, made, { status: 'active' });
    expect([back.status, back.body.includes('管理員已達上限')]).toEqual([409, true]);
    expect((await send(hpa, NURSE, { role: 'mch_user' })).status).toBe(303);
    expect((await send(hpa, made, { role: 'mch_user', status: 'disabled' })).status).toBe(303);
  });

  it('F4: changes neither one’s own accounts nor other managers’, and makes no manager without being one', async () => {
    const own = 'P@00000002P@mbh_01';
    expect((await show(manager, address(own))).text).toContain('無權限');
    expect((await send(manager, own, { menuRoles: ['mi_high_risk'] })).status).toBe(409);
    // the same person under another account of theirs
    await addAccount('P@00000910P@mbh_01', 'other.self');
    const self = await world.database.db
      .selectFrom('account')
      .select('national_id_index')
      .where('login_name', '=', 'demo.manager')
      .executeTakeFirstOrThrow();
    await world.database.db
      .updateTable('subsystem_account')
      .set({ national_id_index: self.national_id_index })
      .where('id', '=', 'P@00000910P@mbh_01')
      .execute();
    expect((await send(manager, 'P@00000910P@mbh_01', { menuRoles: [] })).status).toBe(409);
    await addAccount('P@00000911P@mbh_01', 'peer.boss', 'mch_manager');
    expect((await send(manager, 'P@00000911P@mbh_01', { role: 'mch_user' })).status).toBe(409);
    await world.database.db
      .updateTable('subsystem_account')
      .set({ status: 'disabled' })
      .where('id', '=', 'P@00000911P@mbh_01')
      .execute();
    await world.database.db
      .updateTable('subsystem_account')
      .set({ role: 'mch_user' })
      .where('id', '=', own)
      .execute();
    const answer = await send(manager, NURSE, { role: 'mch_manager' });
    expect([answer.status, answer.body.includes('您不能給予管理員角色')]).toEqual([409, true]);
    await world.database.db
      .updateTable('subsystem_account')
      .set({ role: 'mch_manager' })
      .where('id', '=', own)
      .execute();
  });

  it('P-51: tells the second of two what changed meanwhile, and keeps what was ticked', async () => {
    const was = await accessOf(NURSE);
    expect((await send(hpa, NURSE, { menuRoles: ['mi_gbs_lab'] })).status).toBe(303);
    const late = await send(manager, NURSE, { menuRoles: ['mi_nbs_collect'] }, [], was);
    expect(late.status).toBe(409);
    expect(late.body).toContain('下列內容已由他人變更');
    expect(late.body).toMatch(/value="mi_nbs_collect" checked/);
    expect((await row(NURSE)).menu_roles).toEqual(['mi_gbs_lab']);
  });

  it('P-52: disables with a reason, one or several, and the grants end', async () => {
    expect((await send(manager, NURSE, { status: 'disabled' })).status).toBe(422);
    await addAccount('P@00000912P@mbh_01', 'leaves.one');
    await addAccount('P@00000913P@mbh_01', 'leaves.two');
    const fields = { id: 'P@00000912P@mbh_01', deed: 'disabling', reason: '離職' };
    const preview = await forgeForm(world, manager, `${LIST}/bulk`, fields);
    expect([preview.status, preview.body.includes('授權立即結束')]).toEqual([200, true]);
    expect((await row('P@00000912P@mbh_01')).status).toBe('active');
    expect((await forgeForm(world, manager, `${LIST}/bulk/disabling`, fields)).status).toBe(303);
    expect((await row('P@00000912P@mbh_01')).status).toBe('disabled');
    expect((await forgeForm(world, manager, `${LIST}/bulk/disabling`, fields)).status).toBe(409);
    expect((await send(manager, 'P@00000913P@mbh_01', { status: 'disabled', reason: '離職' })).status).toBe(
      303,
    );
    expect((await send(manager, 'P@00000913P@mbh_01', { status: 'active' })).status).toBe(303);
    expect((await row('P@00000913P@mbh_01')).status).toBe('active');
  });
});
