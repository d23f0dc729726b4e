import { type Forgery, forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { rawRequest } from '../support/raw-http.ts';
import { HOSPITAL, STATION, addPerson, idOf } from './account-administration-world.ts';

const PERSON = {
  name: '新進員',
  title: '護理師',
  phone: '02-24292525#12',
  spare_phone: '',
  unit_phone: '',
  mobile: '0912-345678',
  email: 'newcomer@example.invalid',
  spare_email: '',
  expires: '',
};

describe('rights over accounts', () => {
  let world: IdpWorld;
  let manager: Journey;
  let hpa: Journey;

  beforeAll(async () => {
    world = await startIdpWorld();
    manager = await portalOf(world, 'demo.manager');
    hpa = await portalOf(world, 'demo.hpa');
  });
  afterAll(() => world.stop());

  const post = (browser: Journey, path: string, fields: Record<string, string>, forgery?: Forgery) =>
    forgeForm(world, browser, `/console/accounts${path}`, fields, forgery);
  const show = (browser: Journey, path: string) => browser.open(`${world.issuer}/console/accounts${path}`);
  const row = (id: string) =>
    world.database.db.selectFrom('account').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const was = async (browser: Journey, id: string) => {
    const page = await show(browser, `/${id}/change`);
    return page.forms.find((form) => 'was' in form.fields)?.fields ?? {};
  };

  it('F2: answers another unit’s ids as if there were none, on every path', async () => {
    const other = await addPerson(world, { loginName: 'other.unit', unitCode: STATION });
    const before = await row(other);
    for (const path of [
      '',
      '/change',
      '/disabling',
      '/enabling',
      '/unlocking',
      '/password-reset',
      '/resignation',
    ]) {
      expect([path, (await show(manager, `/${other}${path}`)).status]).toEqual([path, 404]);
      if (path === '') continue;
      const answer = await post(manager, `/${other}${path}`, { reason: '測試', was: JSON.stringify(PERSON) });
      expect([path, answer.status]).toEqual([path, 404]);
    }
    for (const path of ['/role', '/unit']) expect((await show(manager, `/${other}${path}`)).status).toBe(403);
    const bulk = { id: other, reason: '測試', deed: 'disabling' };
    expect((await post(manager, '/bulk', bulk)).status).toBe(404);
    expect((await post(manager, '/bulk/disabling', bulk)).status).toBe(404);
    expect((await post(manager, `/${other}/sessions/anything/removal`, {})).status).toBe(404);
    expect((await show(manager, '/not-an-id')).status).toBe(404);
    expect(await row(other)).toEqual(before);
  });

  it('F4: leaves one’s own account and other managers’ alone: 無權限', async () => {
    const peer = await addPerson(world, { loginName: 'peer.manager', role: 'unit_manager' });
    const own = await idOf(world, 'demo.manager');
    for (const id of [peer, own]) {
      const page = await show(manager, `/${id}`);
      expect(page.text).toContain('無權限');
      expect(page.html).not.toContain(`${id}/change`);
      expect((await show(manager, `/${id}/change`)).status).toBe(403);
      const changed = await post(manager, `/${id}/change`, { ...PERSON, was: JSON.stringify(PERSON) });
      expect(changed.status).toBe(403);
      expect((await post(manager, `/${id}/disabling`, { reason: '測試' })).status).toBe(409);
      expect((await post(manager, `/${id}/password-reset`, { reason: '測試' })).status).toBe(409);
      expect((await post(manager, `/${id}/resignation`, { reason: '測試' })).status).toBe(403);
      expect((await row(id)).status).toBe('active');
    }
    const list = await show(manager, '?role=unit_manager');
    expect(list.text).toContain('無權限');
    expect(list.html).not.toContain(`value="${peer}"`);
  });

  it('F4: lets nobody give a role with rights beyond their own, nor raise themselves', async () => {
    const nurse = await idOf(world, 'demo.nurse');
    expect((await post(manager, `/${nurse}/role`, { role: 'unit_manager', reason: '測試' })).status).toBe(
      403,
    );
    const answer = await post(hpa, `/${nurse}/role`, { role: 'platform_ops', reason: '測試' });
    expect(answer.status).toBe(409);
    expect(answer.body).toContain('您不能給予這個角色');
    const own = await idOf(world, 'demo.hpa');
    expect((await post(hpa, `/${own}/role`, { role: 'unit_manager', reason: '測試' })).status).toBe(403);
    const ops = await idOf(world, 'demo.ops');
    expect((await post(hpa, `/${ops}/disabling`, { reason: '測試' })).status).toBe(409);
    expect([(await row(nurse)).role, (await row(own)).role]).toEqual(['user', 'hpa_admin']);
  });

  it('F5: keeps the last manager of a unit, whatever is tried', async () => {
    const { db } = world.database;
    const bureau = await idOf(world, 'demo.bureau');
    for (const [path, fields] of [
      ['disabling', {}],
      ['role', { role: 'user' }],
      ['unit', { unit: HOSPITAL }],
      ['resignation', {}],
    ] as const) {
      const answer = await post(hpa, `/${bureau}/${path}`, { ...fields, reason: '測試' });
      expect([path, answer.status]).toEqual([path, 409]);
    }
    const typed = await was(hpa, bureau);
    const ends = await post(hpa, `/${bureau}/change`, { ...PERSON, ...typed, expires: '2099-01-01' });
    expect([ends.status, ends.body.includes('最後一位業務管理者')]).toEqual([422, true]);
    expect(await row(bureau)).toMatchObject({ role: 'unit_manager', status: 'active', expires_at: null });
    // of two, only one can go
    const second = await addPerson(world, {
      loginName: 'second.bureau',
      unitCode: '376570300I',
      role: 'unit_manager',
    });
    const answers = await Promise.all(
      [bureau, second].map((id) => post(hpa, `/${id}/disabling`, { reason: '同時' })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 409]);
    await db.updateTable('account').set({ status: 'active' }).where('id', 'in', [bureau, second]).execute();
  });

  it('F5: keeps the last of the national administration', async () => {
    const second = await addPerson(world, {
      loginName: 'second.hpa',
      unitCode: 'A21040000I',
      role: 'hpa_admin',
    });
    expect((await post(hpa, `/${second}/role`, { role: 'user', reason: '測試' })).status).toBe(303);
    expect((await row(second)).role).toBe('user');
    const ops = await portalOf(world, 'demo.ops');
    const own = await idOf(world, 'demo.hpa');
    expect((await post(ops, `/${own}/disabling`, { reason: '測試' })).status).toBe(409);
  });

  it('F3: moves an account only with rights on both units, with its subsystem accounts when asked', async () => {
    const nurse = await idOf(world, 'demo.nurse');
    expect((await post(manager, `/${nurse}/unit`, { unit: STATION, reason: '調職' })).status).toBe(403);
    const closed = await post(hpa, `/${nurse}/unit`, { unit: 'ZZZ', reason: '調職' });
    expect([closed.status, closed.body.includes('查無可管理的單位代碼')]).toEqual([409, true]);
    const move = { unit: STATION, reason: '調職', disable_accounts: 'yes' };
    expect((await post(hpa, `/${nurse}/unit`, move)).status).toBe(303);
    expect((await row(nurse)).unit_code).toBe(STATION);
    const accounts = await world.database.db
      .selectFrom('subsystem_account')
      .select(['unit_code', 'status'])
      .where('account_id', '=', nurse)
      .where('subsystem_code', '=', 'mch')
      .orderBy('id')
      .execute();
    expect(accounts).toEqual([
      { unit_code: HOSPITAL, status: 'disabled' },
      { unit_code: STATION, status: 'active' },
    ]);
    expect((await show(manager, `/${nurse}`)).status).toBe(404);
  });

  it('P-44: ends one session, or all, and shows no binding’s name', async () => {
    const person = await portalOf(world, 'demo.nurse');
    const again = await portalOf(world, 'demo.nurse');
    const id = await idOf(world, 'demo.nurse');
    const page = await show(hpa, `/${id}`);
    expect(page.text).toContain('P@00000001P@ccs_01');
    expect(page.text).not.toContain('癌篩 '); // what the nurse calls it
    const removals = page.forms.filter((form) => form.action.endsWith('/removal'));
    expect(removals).toHaveLength(2);
    const first = removals[0]?.action ?? '';
    expect((await forgeForm(world, hpa, first, {})).status).toBe(303);
    expect((await forgeForm(world, hpa, first, {})).status).toBe(404);
    expect((await post(hpa, `/${id}/sign-out`, { reason: '可疑登入' })).status).toBe(303);
    for (const browser of [person, again]) {
      const cookie = browser.jar.header(new URL(world.issuer));
      const answer = await rawRequest(world.issuer, 'GET', '/account/profile', { headers: { cookie } });
      expect(answer.status).toBe(303);
    }
  });

  it('P-52: previews a bulk deed, does what can be done, and says what could not', async () => {
    const one = await addPerson(world, { loginName: 'bulk.one' });
    const two = await addPerson(world, { loginName: 'bulk.two', status: 'disabled' });
    const body = new URLSearchParams([
      ['id', one],
      ['id', two],
      ['deed', 'disabling'],
      ['reason', '清查'],
    ]).toString();
    const cookie = hpa.jar.header(new URL(world.issuer));
    const headers = { cookie, origin: world.issuer, 'content-type': 'application/x-www-form-urlencoded' };
    const send = (path: string) =>
      rawRequest(world.issuer, 'POST', `/console/accounts${path}`, { headers, body });
    const preview = await send('/bulk');
    expect(preview.status).toBe(200);
    expect(preview.body).toContain('帳號不是啟用狀態');
    expect(preview.body).not.toContain(`value="${two}"`);
    const done = await send('/bulk/disabling');
    expect([done.status, (await row(one)).status]).toEqual([409, 'disabled']);
    expect(done.body).toContain('完成 1 個帳號');
    expect((await post(hpa, '/bulk', { deed: 'deleting', id: one })).status).toBe(400);
    expect((await post(hpa, '/bulk/disabling', { reason: '清查' })).status).toBe(400);
  });
});
