import { createKeyring } from '#kit/keyring.ts';
import { type AccessRequestDeps, decideRequest } from '#idp/access-requests/index.ts';
import { createClientRegistry } from '#idp/subsystems/index.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { browserOf } from '../support/relying-party.ts';
import { personOf } from './bindings-support.ts';

const PAGE = '/account/access-requests';
const STATION = '2311170010';
const HOSPITAL = '9876543210';
const DETAILS = `${PAGE}/new/details?system=cancer&unit=${HOSPITAL}`;

let world: IdpWorld;
let someone: Journey;
let deps: AccessRequestDeps;

beforeAll(async () => {
  world = await startIdpWorld();
  someone = await portalOf(world, 'demo.new');
  const { db } = world.database;
  deps = {
    ...{ db, clock: () => new Date(), registry: await createClientRegistry(db) },
    keyring: createKeyring(world.env['IDP_MASTER_KEYS'] ?? ''),
    config: { issuer: world.issuer },
  };
});
afterAll(() => world.stop());
beforeEach(async () => {
  await world.database.db.deleteFrom('subsystem_request').execute();
});

const open = (path: string, browser = someone) => browser.open(world.issuer + path);
const isDetails = (form: { fields: Record<string, unknown> }) => 'request' in form.fields;
const WISH = {
  'cancer.role': 'ccs_user',
  'cancer.duty': 'medical',
  'cancer.menu.medical': 'ccs_screening',
  'cancer.field.cancers': 'cervical',
};
const send = async (fields: Record<string, string> = WISH) => {
  await open(DETAILS);
  return someone.submit(isDetails, fields);
};
const newest = () =>
  world.database.db
    .selectFrom('subsystem_request')
    .selectAll()
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
const decide = async (loginName: string, decision: 'approve' | 'return', comment: string) => {
  const { id, version } = await newest();
  const { id: accountId } = await personOf(world, loginName);
  return decideRequest(deps, { accountId }, { requestId: id, decision, comment, version });
};

describe('P-29: asking for an account at another subsystem', () => {
  it('P-29, P-28: subsystem, unit, permissions; then it waits, with whom to ask', async () => {
    const systems = await open(`${PAGE}/new`);
    expect(systems.text).toContain('申請業務子系統帳號');
    const units = await someone.submit((form) => form.action === `${PAGE}/new/unit`, { system: 'cancer' });
    expect(units.html).toContain(`value="${HOSPITAL}" checked`);
    expect(units.text).toContain('載入子系統權限資料');
    const details = await someone.submit((form) => form.action === `${PAGE}/new/details`, { unit: HOSPITAL });
    expect(details.text).toContain('管理員數量 0/2');
    const done = await someone.submit(isDetails, WISH);
    expect(done.url.search).toBe('?done=sent');
    expect(done.text).toContain('待單位業務管理者審核');
    const request = await newest();
    expect(request).toMatchObject({
      ...{ kind: 'account', status: 'submitted', subsystem_code: 'cancer', unit_code: HOSPITAL },
      ...{ role: 'ccs_user', duty: 'medical', menu_roles: ['ccs_screening'] },
      fields: { cancers: ['cervical'] },
    });
    const page = await open(`${PAGE}/${request.id}`);
    expect(page.text).toContain('林示範');
    expect(page.text).toMatch(/申請的癌症別: 子宮頸癌|申請的癌症別: \S+/);
    const english = await open(`${PAGE}/${request.id}?lang=en`);
    expect(english.text).toContain('Waits for the unit manager');
    await open(`${PAGE}?lang=zh-TW`);
  });

  it('P-29: what is missing is said and nothing typed is lost; what was never offered is no slip', async () => {
    await open(DETAILS);
    const page = await someone.submit(isDetails, { 'cancer.role': 'ccs_user', 'cancer.duty': 'medical' });
    expect(page.status).toBe(422);
    expect(page.text).toContain('請至少勾選一個選單角色');
    expect(page.html).toContain('value="ccs_user" checked');
    const fields = page.forms.find(isDetails)?.fields;
    const base = { request: fields?.['request'] ?? '', system: 'cancer', unit: HOSPITAL };
    for (const tampered of [
      { ...WISH, 'cancer.role': 'root' },
      { ...WISH, 'cancer.duty': 'health_bureau' },
      { ...WISH, 'cancer.menu.medical': 'mi_antenatal' },
      { ...WISH, request: 'not-an-id' },
    ]) {
      expect((await forgeForm(world, someone, PAGE, { ...base, ...tampered })).status).toBe(400);
    }
    expect((await forgeForm(world, someone, PAGE, { ...base, ...WISH, unit: '0000000000' })).status).toBe(
      404,
    );
    for (const query of ['unit=%00', 'unit=%EF%BF%BF', 'unit=1%27or%271', `unit=${'9'.repeat(4000)}`]) {
      expect((await open(`${PAGE}/new/details?system=cancer&${query}`)).status).toBe(404);
    }
    for (const path of ['/new/unit?system=cancer&q=%00', '/new/unit?system=%00', '/new?system=%00', '/%00']) {
      expect((await open(PAGE + path)).status).toBeLessThan(500);
    }
    expect(await world.database.db.selectFrom('subsystem_request').select('id').execute()).toEqual([]);
  });

  it('SM-04, F11: status, account, steps or another person in the form change nothing', async () => {
    const nurse = await personOf(world, 'demo.nurse');
    await send({
      ...WISH,
      ...{ status: 'approved', step: '9', level: 'agency', account_id: nurse.id, accountId: nurse.id },
    });
    expect(await newest()).toMatchObject({
      ...{ status: 'submitted', step: 0, level: 'own' },
      account_id: (await personOf(world, 'demo.new')).id,
    });
  });

  it('SM-04: refuses a unit that may not have the duty, and menu roles the unit is not entitled to', async () => {
    const { db } = world.database;
    const refused = await open(`${PAGE}/new/details?system=cancer&unit=A21040000I`);
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('這個單位不能使用所選的業務權責');
    await db
      .insertInto('unit_entitlement')
      .values({
        unit_code: HOSPITAL,
        subsystem_code: 'cancer',
        menu_role: 'ccs_follow_up',
        valid_from: '2020-01-01',
      })
      .execute();
    const narrowed = await open(DETAILS);
    expect(narrowed.html).not.toContain('value="ccs_screening"');
    const fields = narrowed.forms.find(isDetails)?.fields;
    const forged = { request: fields?.['request'] ?? '', system: 'cancer', unit: HOSPITAL, ...WISH };
    expect((await forgeForm(world, someone, PAGE, forged)).status).toBe(400);
    await db.deleteFrom('unit_entitlement').execute();
  });

  it('P-29: the same form twice is one request; a second wish of the kind is refused while one waits', async () => {
    await send();
    const { id } = await newest();
    const again = await forgeForm(world, someone, PAGE, {
      request: id,
      system: 'cancer',
      unit: HOSPITAL,
      ...WISH,
    });
    expect(again.headers.location).toContain('?done=sent');
    const second = await send();
    expect(second.status).toBe(422);
    expect(second.text).toContain('相同的申請正在審核中');
    const rows = await world.database.db.selectFrom('subsystem_request').select('id').execute();
    expect(rows).toEqual([{ id }]);
  });

  it('SM-04, F2: nobody else sees, corrects or withdraws it, and strangers are asked to sign in', async () => {
    await send();
    const { id } = await newest();
    const nurse = await portalOf(world, 'demo.nurse');
    expect((await open(`${PAGE}/${id}`, nurse)).status).toBe(404);
    expect((await open(`${PAGE}/${id}/correction`, nurse)).status).toBe(404);
    for (const deed of ['/withdrawal', '/correction']) {
      expect((await forgeForm(world, nurse, `${PAGE}/${id}${deed}`, WISH)).status).toBe(404);
      const foreign = await forgeForm(world, someone, `${PAGE}/${id}${deed}`, WISH, {
        origin: 'https://elsewhere.example',
      });
      expect(foreign.status).toBe(403);
      const stranger = await forgeForm(world, browserOf(world), `${PAGE}/${id}${deed}`, WISH);
      expect(stranger.headers.location).toContain('/sign-in');
    }
    const taken = await forgeForm(world, nurse, PAGE, {
      request: id,
      system: 'cancer',
      unit: STATION,
      ...WISH,
    });
    expect([400, 404]).toContain(taken.status);
    expect((await newest()).status).toBe('submitted');
  });

  it('SM-04: withdrawn once; a decided one stays decided', async () => {
    await send();
    const { id } = await newest();
    await open(`${PAGE}/${id}`);
    const done = await someone.submit((form) => form.action.endsWith('/withdrawal'));
    expect(done.text).toContain('已撤回申請');
    const late = await forgeForm(world, someone, `${PAGE}/${id}/withdrawal`, {});
    expect(late.headers.location).toContain('?done=too-late');
    expect((await open(`${PAGE}/${id}?done=too-late`)).text).toContain('這件申請已經有結果');
  });

  it('SM-04, F14: returned with a comment, corrected with all that was chosen, and sent again', async () => {
    await send();
    const comment = '<b>請選追蹤</b>';
    expect(await decide('demo.manager', 'return', comment)).toMatchObject({ done: true });
    const { id } = await newest();
    const page = await open(`${PAGE}/${id}`);
    expect(page.text).toContain('請選追蹤');
    expect(page.html).not.toContain('<b>請選');
    const form = await open(`${PAGE}/${id}/correction`);
    expect(form.html).toContain('value="ccs_screening" checked');
    expect(form.html).toContain('value="cervical" checked');
    const isCorrection = (each: { action: string }) => each.action.endsWith('/correction');
    const wrong = await someone.submit(isCorrection, { 'cancer.menu.medical': '' });
    expect(wrong.status).toBeGreaterThanOrEqual(400);
    await open(`${PAGE}/${id}/correction`);
    const sent = await someone.submit(isCorrection, { ...WISH, 'cancer.menu.medical': 'ccs_follow_up' });
    expect(sent.text).toContain('已重新送出申請');
    expect(await newest()).toMatchObject({
      status: 'submitted',
      round: 2,
      step: 0,
      menu_roles: ['ccs_follow_up'],
    });
    const twice = await forgeForm(world, someone, `${PAGE}/${id}/correction`, WISH);
    expect(twice.headers.location).toContain('?done=resent');
    expect((await newest()).round).toBe(2);
  });
});
