import type { Journey } from '../support/journey.ts';
import { signIn } from '../support/journey.ts';
import { eventually } from '../support/eventually.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { clinicCode } from '../support/register-file.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';

const HOSPITAL = '9876543210';

let world: IdpWorld;
let hpa: Journey;

beforeAll(async () => {
  world = await startIdpWorld();
  hpa = await portalOf(world, 'demo.hpa');
  for (let n = 4; n <= 6; n += 1) await addUnit(n);
});
afterAll(() => world.stop());

const db = () => world.database.db;
const show = (browser: Journey, path: string) => browser.open(world.issuer + path);
const unit = (code: string) =>
  db().selectFrom('unit').selectAll().where('code', '=', code).executeTakeFirstOrThrow();

async function addUnit(n: number, kind = 'hospital'): Promise<void> {
  await db()
    .insertInto('unit')
    .values({
      ...{ code: clinicCode(n), name: `合成第${n}醫院`, name_en: `Synthetic ${n}`, kind },
      ...{ county: '63000', town: n % 2 === 0 ? '63000010' : '63000020' },
    })
    .execute();
}

/** The unit of demo.nurse's health station account, people included, for a deed that would end the demo. */
async function moveNurse(code: string): Promise<void> {
  await db().updateTable('account').set({ unit_code: code }).where('login_name', '=', 'demo.nurse').execute();
  await db()
    .updateTable('subsystem_account')
    .set({ unit_code: code })
    .where('id', 'in', ['P@00000001P@lab_01', 'P@00000001P@lab_02'])
    .execute();
}

const events = (code: string) =>
  db()
    .selectFrom('audit_event')
    .select(['type', 'details'])
    .where('type', 'like', 'unit.%')
    .orderBy('id')
    .execute()
    .then((rows) => rows.filter(({ details }) => details['target'] === `unit:${code}`));

describe('M-37: closing, opening again and merging', () => {
  const confirm = (form: { method: string; action: string }) =>
    form.method === 'post' && form.action.startsWith('/console/units/');

  it('M-37: moves accounts with everything to the other unit; their grants end and the client is told', async () => {
    const [from, into] = [clinicCode(4), clinicCode(5)];
    await moveNurse(from);
    await db()
      .insertInto('manager_quota')
      .values({ unit_code: from, subsystem_code: 'mch', extra: 1 })
      .execute();
    const relyingParty = await createRelyingParty(world, 'lab-app', { pushed: true });
    const nurse = browserOf(world);
    const entered = await relyingParty.authorize(
      nurse,
      {},
      { loginName: 'demo.nurse', account: 'P@00000001P@lab_01' },
    );
    await relyingParty.redeem(entered);
    const granted = () =>
      db()
        .selectFrom('oidc_grant')
        .select('id')
        .where('subsystem_account_id', '=', 'P@00000001P@lab_01')
        .execute();
    expect(await granted()).toHaveLength(1);

    await show(hpa, `/console/units/${from}/merge`);
    const wrong = await hpa.submit((form) => form.method === 'get' && 'into' in form.fields, { into: from });
    expect([wrong.status, wrong.text.includes('不能併入自己')]).toEqual([422, true]);
    const preview = await hpa.submit((form) => form.method === 'get' && 'into' in form.fields, { into });
    expect(preview.text).toContain('2 個業務子系統帳號');
    const missing = await hpa.submit(confirm, { reason: '' });
    expect([missing.status, missing.text.includes('請填寫原因說明')]).toEqual([422, true]);
    const done = await hpa.submit(confirm, { reason: '整併' });
    expect(done.text).toContain('已併入單位');

    expect(await granted()).toEqual([]);
    await eventually(() => expect(world.logouts.some(({ client }) => client === 'lab-app')).toBe(true));
    expect(await unit(from)).toMatchObject({ status: 'closed', merged_into: into });
    const moved = await db()
      .selectFrom('subsystem_account')
      .select('id')
      .where('unit_code', '=', into)
      .execute();
    expect(moved.map(({ id }) => id).sort()).toEqual(['P@00000001P@lab_01', 'P@00000001P@lab_02']);
    const quota = await db().selectFrom('manager_quota').selectAll().where('unit_code', '=', into).execute();
    expect(quota).toEqual([{ unit_code: into, subsystem_code: 'mch', extra: 1 }]);
    expect((await events(into)).map(({ type }) => type)).toEqual(['unit.enlarged']);
    expect((await show(hpa, `/console/units/${from}/reopening`)).text).toContain('不能恢復使用');
    const again = await show(hpa, `/console/units/${clinicCode(6)}/merge?into=${from}`);
    expect(again.text).toContain('要併入的單位已經歇業');
  });

  it('F3: asks that duties fit the other unit, and menu roles are within its entitlements', async () => {
    await db()
      .insertInto('unit')
      .values({
        ...{ code: '3501019999', name: '合成診所', name_en: '', kind: 'health_bureau' },
        ...{ county: '63000', town: '63000010' },
      })
      .execute();
    const stray = await show(hpa, `/console/units/${clinicCode(5)}/merge?into=3501019999`);
    expect(stray.text).toContain('業務權責不適用');
    await db()
      .insertInto('unit_entitlement')
      .values({
        ...{ unit_code: clinicCode(6), subsystem_code: 'lab', menu_role: 'writer', valid_from: '2020-01-01' },
      })
      .execute();
    const narrow = await show(hpa, `/console/units/${clinicCode(5)}/merge?into=${clinicCode(6)}`);
    expect(narrow.text).toContain('不在要併入單位的核定業務內');
  });

  it('shows who loses their account before a unit is closed, and again when that changed meanwhile', async () => {
    const code = clinicCode(5);
    const preview = await show(hpa, `/console/units/${code}/closure`);
    expect(preview.text).toContain('demo.nurse');
    expect(preview.text).toContain('2 個業務子系統帳號');
    const stale = await hpa.submit(confirm, { reason: '歇業', subsystem_accounts: '1' });
    expect([stale.status, stale.text.includes('剛剛有變動')]).toEqual([422, true]);
    expect((await unit(code)).status).toBe('active');
    const done = await hpa.submit(confirm, { reason: '歇業' });
    expect(done.text).toContain('單位已歇業');
    const nurse = await db()
      .selectFrom('account')
      .select('status')
      .where('login_name', '=', 'demo.nurse')
      .executeTakeFirstOrThrow();
    expect(nurse.status).toBe('disabled');
    const living = await db()
      .selectFrom('subsystem_account')
      .select('id')
      .where('unit_code', '=', code)
      .where('status', '<>', 'disabled')
      .execute();
    expect(living).toEqual([]);
    const mails = await db().selectFrom('mail_message').select('kind').where('kind', '=', 'N11').execute();
    expect(mails).toHaveLength(1);
    await show(hpa, `/console/units/${code}/reopening`);
    expect((await hpa.submit(confirm, { reason: '復業' })).text).toContain('單位已恢復使用');
  });

  it('F5: never closes one’s own unit or one with administrators', async () => {
    const page = await show(hpa, '/console/units/A21040000I/closure');
    expect(page.text).toContain('不能處理自己所屬的單位');
    expect(page.forms.some((form) => form.action.endsWith('/closure'))).toBe(true);
    const forged = { accounts: '2', subsystem_accounts: '1', reason: 'x' };
    const answer = await forgeForm(world, hpa, '/console/units/A21040000I/closure', forged);
    expect(answer.status).toBe(422);
    expect((await unit('A21040000I')).status).toBe('active');
  });

  it('F13: asks for a new sign-in before a unit is closed', async () => {
    const old = await portalOf(world, 'demo.hpa');
    const then = new Date(Date.now() - 10 * 60_000);
    await world.database.query(
      `update oidc_session set login_at = $1, payload = jsonb_set(payload, '{loginTs}', to_jsonb($2::int))
       where login_at is not null`,
      [then, Math.floor(then.getTime() / 1000)],
    );
    const page = await show(old, `/console/units/${clinicCode(6)}/closure`);
    expect(page.url.pathname).toContain('/interaction/');
    await signIn(old, 'demo.hpa');
    expect(old.page()?.url.pathname).toBe(`/console/units/${clinicCode(6)}/closure`);
  });

  it('M-37: keeps what a unit may give at subsystems, with approval and days, for the agency alone', async () => {
    const here = `/console/units/${HOSPITAL}/entitlements`;
    const asked = {
      menu_role: 'mch mi_nbs_confirm',
      valid_from: '2026-01-01',
      valid_to: '',
      approval_no: '115-001',
      basis: '指定',
    };
    const wrong = await forgeForm(world, hpa, here, {
      ...asked,
      menu_role: 'mch hb_edu',
      valid_to: '2025-01-01',
      basis: '留著',
    });
    expect(wrong.status).toBe(422);
    for (const kept of ['留著', '終止日不能早於生效日', '請選擇這個種類單位可用的選單角色'])
      expect(wrong.body).toContain(kept);
    expect((await forgeForm(world, hpa, here, asked)).status).toBe(303);
    expect((await forgeForm(world, hpa, here, asked)).status).toBe(422);
    const listed = await show(hpa, here);
    expect(listed.text).toContain('115-001');
    const which = 'mch mi_nbs_confirm 2026-01-01';
    expect((await forgeForm(world, hpa, `${here}/end`, { which, valid_to: '2025-12-31' })).status).toBe(422);
    expect((await forgeForm(world, hpa, `${here}/end`, { which, valid_to: '2026-06-30' })).status).toBe(303);
    expect((await show(hpa, here)).text).toContain('2026-06-30');
    const manager = await portalOf(world, 'demo.manager');
    expect((await forgeForm(world, manager, here, asked)).status).toBe(403);
    expect((await events(HOSPITAL)).map(({ type }) => type)).toEqual([
      'unit.entitled',
      'unit.entitlement_ended',
    ]);
  });
});
