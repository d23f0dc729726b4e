import { type AccessRequestDeps, decideRequest } from '#idp/access-requests/index.ts';
import { createClientRegistry } from '#idp/subsystems/index.ts';
import { createKeyring } from '#kit/keyring.ts';
import { eventually } from '../support/eventually.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';
import { lastAudit, personOf } from './bindings-support.ts';

const PAGE = '/account/access-requests';
const STATION = '2311170010';
const ACCOUNT = 'P@00000001P@mbh_01';
const OTHERS = 'P@00000002P@mbh_01';

let world: IdpWorld;
let nurse: Journey;
let deps: AccessRequestDeps;

beforeAll(async () => {
  world = await startIdpWorld();
  nurse = await portalOf(world, 'demo.nurse');
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

const addressOf = (kind: string, id = ACCOUNT): string => `${PAGE}/changes/${encodeURIComponent(id)}/${kind}`;
const open = (path: string, browser = nurse) => browser.open(world.issuer + path);
const isChange = (form: { fields: Record<string, unknown> }) => 'request' in form.fields;
const newest = () => world.database.db.selectFrom('subsystem_request').selectAll().executeTakeFirstOrThrow();
const accountNow = () =>
  world.database.db
    .selectFrom('subsystem_account')
    .select(['unit_code', 'role', 'duty', 'menu_roles', 'status'])
    .where('id', '=', ACCOUNT)
    .executeTakeFirstOrThrow();
const decide = async (loginName: string, decision: 'approve' | 'return' = 'approve') => {
  const { id, version } = await newest();
  const { id: accountId } = await personOf(world, loginName);
  return decideRequest(deps, { accountId }, { requestId: id, decision, comment: '核可', version });
};

describe('SM-06: asking for a change of an account', () => {
  it('SM-06, P-28: other menu roles: before and after shown, decided in steps; what was granted before ends', async () => {
    const mch = await createRelyingParty(world, 'mch-app', { pushed: true });
    const tokens = await mch.redeem(await mch.authorize(browserOf(world, nurse), { account: ACCOUNT }));
    const list = await open(`${PAGE}/changes`);
    expect(list.text).toContain('增減選單角色');
    const form = await open(addressOf('menu_roles'));
    expect(form.html).toContain('value="mi_hearing_screen" checked');
    const page = await nurse.submit(isChange, { reason: '' });
    expect(page.status).toBe(422);
    expect(page.text).toContain('請輸入申請說明');
    const fields = page.forms.find(isChange)?.fields;
    const base = { request: fields?.['request'] ?? '', unit: fields?.['unit'] ?? '', reason: '業務調整' };
    // two boxes of one name: a real browser sends both
    const body = new URLSearchParams({ ...base });
    for (const role of ['mi_antenatal', 'mi_child_health']) body.append('mch.menu.medical', role);
    const sent = await postBody(addressOf('menu_roles'), body);
    expect(sent.headers.get('location')).toBe(`${PAGE}?done=sent`);
    const request = await newest();
    const shown = await open(`${PAGE}/${request.id}`);
    expect(shown.text).toMatch(
      /選單角色 產檢院所、兒篩採集醫事機構、聽力篩檢醫事機構 產檢院所、兒健特約醫事機構/,
    );
    expect((await open(`${PAGE}/changes`)).text).toContain('異動審核中');

    expect(await decide('demo.manager')).toMatchObject({ done: true, status: 'submitted' });
    expect(await accountNow()).toMatchObject({
      menu_roles: ['mi_antenatal', 'mi_hearing_screen', 'mi_nbs_collect'],
    });
    // demo.manager manages MCH there too, but has decided a step: the bureau does the other
    expect(await decide('demo.bureau')).toMatchObject({ done: true, status: 'approved' });
    expect(await accountNow()).toMatchObject({ menu_roles: ['mi_antenatal', 'mi_child_health'] });
    const userinfo = await fetch(`${world.issuer}/oidc/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(userinfo.status).toBe(401);
    await eventually(() => expect(world.logouts.length).toBeGreaterThan(0));
    expect(await lastAudit(world, 'subsystem_account.access_changed')).toMatchObject({
      to_subsystem_account_id: ACCOUNT,
      actor_account_id: (await personOf(world, 'demo.bureau')).id,
    });
    const again = await mch.redeem(
      await mch.authorize(browserOf(world, nurse), { account: ACCOUNT, prompt: 'none' }),
    );
    expect(again.claims()?.['subsystem_account']).toMatchObject({
      menu_roles: ['mi_antenatal', 'mi_child_health'],
    });
  });

  it('SM-06: a managing role, against the quota; decided by the agency', async () => {
    const form = await open(addressOf('role'));
    expect(form.text).toContain('管理員數量 1/2');
    expect(form.html).not.toContain('value="mch_user"');
    await nurse.submit(isChange, { reason: '接任', 'mch.role': 'mch_manager' });
    expect(await newest()).toMatchObject({ kind: 'role', waits_for: 'hpa_admin', level: 'agency' });
    expect(await decide('demo.manager')).toMatchObject({ done: false, reason: 'not_responsible' });
    expect(await decide('demo.hpa')).toMatchObject({ done: true });
    expect((await accountNow()).role).toBe('mch_manager');
    await world.database.db
      .updateTable('subsystem_account')
      .set({ role: 'mch_user' })
      .where('id', '=', ACCOUNT)
      .execute();
  });

  it('P-51, SM-06: when the unit has all its managers, the managing role cannot be chosen', async () => {
    const { db } = world.database;
    const sample = await db
      .selectFrom('subsystem_account')
      .selectAll()
      .where('id', '=', OTHERS)
      .executeTakeFirstOrThrow();
    const id = 'P@00000099P@mbh_01';
    await db
      .insertInto('subsystem_account')
      .values({ ...sample, id, fields: '{}' })
      .execute();
    const form = await open(addressOf('role'));
    expect(form.text).toContain('管理員已達上限數量 2/2 位');
    expect(form.html).not.toContain('value="mch_manager"');
    const forged = { request: crypto.randomUUID(), reason: 'x', 'mch.role': 'mch_manager' };
    const refused = await forgeForm(world, nurse, addressOf('role'), forged);
    expect(refused.status).toBe(422);
    expect(refused.body).toContain('這個單位的管理員已達上限數量');
    await db.deleteFrom('subsystem_account').where('id', '=', id).execute();
  });

  it('SM-06: another unit, with a duty of its kind; its own people decide', async () => {
    const pick = await open(addressOf('unit'));
    expect(pick.url.pathname).toMatch(/\/unit\/choice$/);
    const same = await open(`${addressOf('unit')}?unit=${STATION}`);
    expect(same.text).toContain('示範衛生所');
    await nurse.submit(isChange, {
      ...{ reason: '調任', 'mch.duty': 'medical', 'mch.menu.medical': 'mi_antenatal' },
    });
    expect(await newest()).toMatchObject({ kind: 'unit', unit_code: STATION, level: 'bureau' });
    expect(await decide('demo.bureau')).toMatchObject({ done: true, status: 'submitted' });
    expect(await decide('demo.hpa')).toMatchObject({ done: true, status: 'approved' });
    expect(await accountNow()).toMatchObject({ unit_code: STATION, menu_roles: ['mi_antenatal'] });
    await world.database.db
      .updateTable('subsystem_account')
      .set({ unit_code: '9876543210' })
      .where('id', '=', ACCOUNT)
      .execute();
  });

  it('SM-06: nothing is granted on an account that was changed meanwhile', async () => {
    await open(addressOf('role'));
    await nurse.submit(isChange, { reason: '接任', 'mch.role': 'mch_manager' });
    await world.database.db
      .updateTable('subsystem_account')
      .set({ menu_roles: ['mi_gbs_lab'] })
      .where('id', '=', ACCOUNT)
      .execute();
    expect(await decide('demo.hpa')).toMatchObject({ done: false, reason: 'account_changed' });
    expect(await decide('demo.hpa', 'return')).toMatchObject({ done: true, status: 'returned' });
  });

  it('SM-06, F2: only one’s own active account, one change at a time, nothing the page did not offer', async () => {
    for (const path of [addressOf('role', OTHERS), addressOf('delete'), addressOf('role', 'P@0')]) {
      expect((await open(path)).status).toBe(404);
      const fields = { request: crypto.randomUUID(), reason: 'x', 'mch.role': 'mch_manager' };
      expect((await forgeForm(world, nurse, path, fields)).status).toBe(404);
    }
    const base = { request: crypto.randomUUID(), reason: '原因', unit: '9876543210' };
    const bad = [
      ['role', { 'mch.role': 'mch_user' }],
      ['menu_roles', { 'mch.menu.medical': 'hb_edu' }],
    ] as const;
    for (const [kind, fields] of bad) {
      expect((await forgeForm(world, nurse, addressOf(kind), { ...base, ...fields })).status).toBe(400);
    }
    const same = await forgeForm(world, nurse, addressOf('menu_roles'), {
      ...base,
      'mch.menu.medical': 'mi_gbs_lab',
      'mch.duty': 'health_bureau',
      'mch.role': 'mch_manager',
    });
    expect(same.status).toBe(422);
    expect(same.body).toContain('異動前後相同');
    const first = { ...base, 'mch.role': 'mch_manager' };
    expect((await forgeForm(world, nurse, addressOf('role'), first)).status).toBe(303);
    const second = { ...base, request: crypto.randomUUID() };
    const refused = await forgeForm(world, nurse, addressOf('disable'), second);
    expect(refused.status).toBe(422);
    expect(refused.body).toContain('相同的申請正在審核中');
  });

  it('SM-06, SM-05: disabled when approved; it can no longer be acted as', async () => {
    await open(addressOf('disable'));
    await nurse.submit(isChange, { reason: '不再使用' });
    await decide('demo.manager');
    expect(await decide('demo.bureau')).toMatchObject({ done: true, status: 'approved' });
    expect((await accountNow()).status).toBe('disabled');
    expect((await open(addressOf('role'))).status).toBe(404);
    const home = await open('/');
    expect(home.html).not.toContain(encodeURIComponent(ACCOUNT));
  });
});

function postBody(path: string, body: URLSearchParams): Promise<Response> {
  const url = new URL(path, world.issuer);
  return fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      cookie: nurse.jar.header(url),
      origin: world.issuer,
    },
    body: body.toString(),
  });
}
