import type { AccessRequestDeps } from '#idp/access-requests/index.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { STATION, addPerson, addRequest, consoleOf, servicesOf } from '../support/review-world.ts';

/* Requests for subsystem accounts as their reviewers decide them at the console. */

const LIST = '/console/access-requests';
let world: IdpWorld;
let deps: AccessRequestDeps;
let manager: ReturnType<typeof consoleOf>;
let bureau: ReturnType<typeof consoleOf>;
let hpa: ReturnType<typeof consoleOf>;
let people = 0;

beforeAll(async () => {
  world = await startIdpWorld();
  deps = await servicesOf(world);
  const at = async (name: string) => consoleOf(world, await portalOf(world, name));
  [manager, bureau, hpa] = [await at('demo.manager'), await at('demo.bureau'), await at('demo.hpa')];
});
afterAll(() => world.stop());

const person = async (unit?: string): Promise<string> => {
  people += 1;
  const id = await addPerson(world, { loginName: `asker.${people}`, ...(unit !== undefined && { unit }) });
  await world.database.db
    .updateTable('account')
    .set({ name: `張小${people}傾` })
    .where('id', '=', id)
    .execute();
  return id;
};
const requestOf = (id: string) =>
  world.database.db
    .selectFrom('subsystem_request')
    .select(['status', 'step', 'subsystem_account_id'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

describe('P-48, M-39b: the list of requests', () => {
  test('P-48: what waits for the caller, names masked, found by unit, ID number and role', async () => {
    const id = await addRequest(deps, await person());
    const page = await manager.open(LIST);
    expect(page.text).toContain('權限審核');
    expect(page.html).toContain(`${LIST}/${id}`);
    expect(page.text).toContain(`張O`);
    expect(page.text).not.toContain(`張小${people}傾`);
    const shows = async (query: string) =>
      (await manager.open(`${LIST}?${query}`)).html.includes(`${LIST}/${id}`);
    expect(await shows('account=P%4000000002P%40mbh_01')).toBe(true);
    expect(await shows('role=mch_user')).toBe(true);
    expect(await shows('role=mch_manager')).toBe(false);
    expect(await shows(`unit=${STATION}`)).toBe(false);
    expect(await shows('kind=disable')).toBe(false);
    expect(await shows('national_id=A123456789')).toBe(false);
    expect((await manager.open(`${LIST}?national_id=nobody`)).status).toBe(422);
    expect((await manager.open('/console')).text).toContain('權限審核');
  });

  test('F2: another unit is not there: neither in the list nor by id, decision or bulk', async () => {
    const id = await addRequest(deps, await person());
    expect((await bureau.open(LIST)).html).not.toContain(id);
    expect((await bureau.open(`${LIST}/${id}`)).status).toBe(404);
    const fields = { decision: 'approve', reason: '可', confirmed: 'yes', version: '1' };
    expect((await bureau.post(`${LIST}/${id}/decision`, fields)).status).toBe(404);
    const bulk = { id, deed: 'approve', reason: '可', confirmed: 'yes' };
    expect((await bureau.post(`${LIST}/decisions`, bulk)).status).toBe(404);
    expect(await requestOf(id)).toMatchObject({ status: 'submitted', step: 0 });
  });
});

describe('P-49: the review form', () => {
  test('P-49, SM-04: asked first, a comment required; then the next step is somebody else’s', async () => {
    const id = await addRequest(deps, await person());
    const page = await manager.open(`${LIST}/${id}`);
    for (const text of ['子系統帳號申請資料', '產檢院所', '張O', '送到下一關'])
      expect(page.text).toContain(text);
    expect((await manager.decide(`${LIST}/${id}`, 'approve')).status).toBe(422);
    const version = page.forms.find(({ action }) => action.endsWith('/decision'))?.fields['version'] ?? '';
    const asked = await manager.post(`${LIST}/${id}/decision`, {
      decision: 'approve',
      reason: '相符',
      version,
    });
    expect(asked.body).toContain('是否確定審核帳號？');
    expect(await requestOf(id)).toMatchObject({ status: 'submitted', step: 0 });
    expect((await manager.decide(`${LIST}/${id}`, 'approve', '相符')).headers.location).toContain(
      'done=step',
    );
    expect(await requestOf(id)).toMatchObject({ status: 'submitted', step: 1 });
    // the same person is no second pair of eyes: the bureau of the county decides
    expect((await manager.open(LIST)).html).not.toContain(id);
    const done = await bureau.decide(`${LIST}/${id}`, 'approve', '衛生局相符');
    expect(done.headers.location).toContain('done=approve');
    expect((await requestOf(id)).subsystem_account_id).toMatch(/^P@\d{8}P@mbh_01$/);
    expect((await bureau.open(`${LIST}/${id}`)).text).toContain('衛生局相符');
  });

  test('P-51: the quota stands as used/limit, and is asked again when it is decided', async () => {
    const ids = [];
    for (let at = 0; at < 3; at += 1) {
      ids.push(await addRequest(deps, await person(STATION), { ...STATION_MANAGER }));
    }
    expect((await hpa.open(`${LIST}/${ids[0]}`)).text).toContain('0/2');
    const answers = await Promise.all(ids.map((id) => hpa.decide(`${LIST}/${id}`, 'approve', '同意')));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 303, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body).toContain('管理員已達上限數量');
    expect(refused?.body).toContain('>同意</textarea>');
  });

  test('SM-06: a change shows before and after', async () => {
    const { db } = world.database;
    const { id: accountId } = await db
      .selectFrom('account')
      .select('id')
      .where('login_name', '=', 'demo.nurse')
      .executeTakeFirstOrThrow();
    const before = {
      ...{ unitCode: '9876543210', role: 'mch_user', duty: 'medical' },
      menuRoles: ['mi_antenatal', 'mi_hearing_screen', 'mi_nbs_collect'],
    };
    const id = await addRequest(deps, accountId, {
      ...{ kind: 'menu_roles', subsystemAccountId: 'P@00000001P@mbh_01', before },
      ...{ menuRoles: ['mi_antenatal', 'mi_gbs_lab'], reason: '新增業務' },
    });
    const page = await manager.open(`${LIST}/${id}`);
    for (const text of ['變更前', '變更後', '乙型鏈球菌檢驗機構', '聽力篩檢醫事機構', '新增業務']) {
      expect(page.text).toContain(text);
    }
    await manager.decide(`${LIST}/${id}`, 'return', '<script>alert(1)</script>');
    expect((await manager.open(`${LIST}/${id}`)).html).not.toContain('<script>alert(1)');
    expect(await requestOf(id)).toMatchObject({ status: 'returned' });
  });

  test('F7: twenty parallel decisions at the console make one', async () => {
    const id = await addRequest(deps, await person());
    const { forms } = await manager.open(`${LIST}/${id}`);
    const version = forms.find(({ action }) => action.endsWith('/decision'))?.fields['version'] ?? '';
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_each, at) =>
        manager.post(`${LIST}/${id}/decision`, {
          ...{ decision: at % 2 === 0 ? 'approve' : 'return', reason: '一起', version, confirmed: 'yes' },
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409 || status === 404)).toHaveLength(19);
  });

  test('P-48: several at once, with a preview', async () => {
    const ids = [await addRequest(deps, await person()), await addRequest(deps, await person())];
    const fields = new URLSearchParams(ids.map((id): [string, string] => ['id', id]));
    fields.set('deed', 'return');
    const preview = await manager.post(`${LIST}/decisions`, fields);
    expect(preview.body).toContain('確定退回 2 筆');
    fields.set('confirmed', 'yes');
    expect((await manager.post(`${LIST}/decisions`, fields)).status).toBe(422);
    fields.set('reason', '資料不符');
    expect((await manager.post(`${LIST}/decisions`, fields)).headers.location).toContain('done=all-return');
    for (const id of ids) expect(await requestOf(id)).toMatchObject({ status: 'returned' });
  });
});

const STATION_MANAGER = {
  ...{ unitCode: STATION, role: 'mch_manager', duty: 'health_station' },
  menuRoles: ['hs_card'],
};
