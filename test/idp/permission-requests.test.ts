import { readManagerQuota } from '#idp/entitlements/index.ts';
import type { AccessRequestDeps } from '#idp/access-requests/index.ts';
import type { ClientRegistry } from '#idp/subsystems/index.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { HOSPITAL, STATION, addPerson, consoleOf, servicesOf } from '../support/review-world.ts';

/* SM-08: what units ask the agency for, from the form to what it changes. */

const LIST = '/console/permission-requests';
let world: IdpWorld;
let deps: AccessRequestDeps & { registry: ClientRegistry };
let manager: ReturnType<typeof consoleOf>;
let bureau: ReturnType<typeof consoleOf>;
let hpa: ReturnType<typeof consoleOf>;
let serial = 0;

beforeAll(async () => {
  world = await startIdpWorld();
  deps = await servicesOf(world);
  const at = async (name: string) => consoleOf(world, await portalOf(world, name));
  [manager, bureau, hpa] = [await at('demo.manager'), await at('demo.bureau'), await at('demo.hpa')];
});
afterAll(() => world.stop());

/** Somebody with an ordinary MCH account at the hospital. @returns the account's id */
async function colleague(unit = HOSPITAL): Promise<string> {
  serial += 1;
  const accountId = await addPerson(world, { loginName: `colleague.${serial}`, unit });
  const id = `P@9000${String(serial).padStart(4, '0')}P@mbh_01`;
  const { db } = world.database;
  const { national_id_index } = await db
    .selectFrom('account')
    .select('national_id_index')
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow();
  await db
    .insertInto('subsystem_account')
    .values({
      ...{ id, subsystem_code: 'mch', account_id: accountId, national_id_index, holder_name: '同仁' },
      ...{
        unit_code: unit,
        role: 'mch_user',
        duty: 'medical',
        menu_roles: ['mi_antenatal'],
        status: 'active',
      },
    })
    .execute();
  return id;
}
const ask = (fields: Record<string, string>, by = manager) =>
  by.post(LIST, {
    pair: `mch:${HOSPITAL}`,
    content: '業務增加',
    phone: '02-1',
    email: 'a@b.test',
    ...fields,
  });
const idOf = (location: string | undefined) => /requests\/([0-9a-f-]{36})/.exec(location ?? '')?.[1] ?? '';
const quota = () => {
  const manifest = deps.registry.subsystem('mch')?.manifest;
  if (!manifest) throw new Error('there is no MCH');
  return readManagerQuota(world.database.db, { unitCode: HOSPITAL, manifest });
};
const requestOf = (id: string) =>
  world.database.db
    .selectFrom('permission_request')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
const roleOf = async (id: string) =>
  (
    await world.database.db
      .selectFrom('subsystem_account')
      .select('role')
      .where('id', '=', id)
      .executeTakeFirst()
  )?.role;

test('M-42, M-43, SM-08, N12: one manager more: asked for, allowed, done, told', async () => {
  const target = await colleague();
  const before = await quota();
  const form = await manager.open(`${LIST}/new?pair=mch:${HOSPITAL}`);
  for (const text of ['管理員超額申請', '增加業務選單', target]) expect(form.html).toContain(text);
  const bare = await ask({ kind: 'extra_manager', target: '' });
  expect([bare.status, bare.body.includes('請選擇一位一般使用者')]).toEqual([422, true]);
  expect(bare.body).toContain('業務增加</textarea>');
  const sent = await ask({ kind: 'extra_manager', target });
  const id = idOf(sent.headers.location);
  expect(sent.status).toBe(303);
  expect((await ask({ kind: 'extra_manager', target })).body).toContain('相同的申請正在審核中');
  expect((await hpa.open('/console')).text).toContain('系統權限申請/審核');
  const page = await hpa.open(`${LIST}/${id}`);
  expect(page.text).toContain(`${before.used}/${before.limit}`);
  const asked = await hpa.post(`${LIST}/${id}/decision`, { decision: 'allow', reason: '' });
  expect(asked.body).toContain('是否確定允許異動？');
  expect(await roleOf(target)).toBe('mch_user');
  expect((await hpa.decide(`${LIST}/${id}`, 'allow', '同意')).status).toBe(303);
  expect(await roleOf(target)).toBe('mch_manager');
  expect(await quota()).toEqual({ used: before.used + 1, limit: before.limit + 1 });
  const { db } = world.database;
  const mails = await db
    .selectFrom('mail_message')
    .select('kind')
    .where('dedupe_key', 'like', `N12:${id}%`)
    .execute();
  const messages = await db
    .selectFrom('message')
    .select('body_zh')
    .where('dedupe_key', '=', `N12:${id}`)
    .execute();
  expect([mails.length, messages.length]).toEqual([1, 1]);
  expect(messages[0]?.body_zh).toContain('允許異動');
  const list = await manager.open(LIST);
  for (const text of ['結案', '允許異動', '已完成']) expect(list.text).toContain(text);
});

test('SM-08: one business more, from today; what the unit has cannot be asked for', async () => {
  const { db } = world.database;
  const form = await manager.open(`${LIST}/new`);
  expect(form.text).toContain('不需要申請'); // nothing narrows what the unit may give
  expect((await ask({ kind: 'menu_role', role: 'mi_nbs_center' })).body).toContain('單位已有這項業務');
  await db
    .insertInto('unit_entitlement')
    .values({
      unit_code: HOSPITAL,
      subsystem_code: 'mch',
      menu_role: 'mi_antenatal',
      valid_from: '2020-01-01',
    })
    .execute();
  expect((await ask({ kind: 'menu_role', role: 'mi_antenatal' })).body).toContain('單位已有這項業務');
  expect((await ask({ kind: 'menu_role', role: 'hpa_system' })).body).toContain('這類單位沒有這項業務');
  const id = idOf((await ask({ kind: 'menu_role', role: 'mi_nbs_confirm' })).headers.location);
  expect((await hpa.decide(`${LIST}/${id}`, 'allow')).status).toBe(303);
  const rows = await db
    .selectFrom('unit_entitlement')
    .select(['menu_role', 'approval_no'])
    .where('unit_code', '=', HOSPITAL)
    .where('menu_role', '=', 'mi_nbs_confirm')
    .execute();
  expect(rows).toHaveLength(1);
  expect((await requestOf(id)).status).toBe('allowed');
  await db.deleteFrom('unit_entitlement').execute();
});

test('SM-08: not allowed needs a comment; withdrawn is closed; both only once', async () => {
  const id = idOf((await ask({ kind: 'extra_manager', target: await colleague() })).headers.location);
  expect((await hpa.decide(`${LIST}/${id}`, 'refuse')).status).toBe(422);
  expect((await hpa.decide(`${LIST}/${id}`, 'refuse', '<b>人數足夠</b>')).status).toBe(303);
  expect((await requestOf(id)).status).toBe('refused');
  const page = await manager.open(`${LIST}/${id}`);
  expect(page.html).not.toContain('<b>人數足夠');
  expect(page.text).toContain('<b>人數足夠</b>');
  const other = idOf((await ask({ kind: 'extra_manager', target: await colleague() })).headers.location);
  expect((await manager.post(`${LIST}/${other}/withdrawal`, {})).status).toBe(303);
  expect((await manager.post(`${LIST}/${other}/withdrawal`, {})).status).toBe(409);
  expect((await hpa.decide(`${LIST}/${other}`, 'allow')).status).toBe(409);
});

test('F2, F4: other units are not there, and nobody asks or decides beyond their own', async () => {
  const target = await colleague(STATION);
  expect((await ask({ kind: 'extra_manager', target })).body).toContain('不能升為管理員');
  expect((await ask({ pair: `mch:${STATION}`, kind: 'extra_manager', target })).status).toBe(404);
  const own = idOf((await ask({ kind: 'extra_manager', target: await colleague() })).headers.location);
  expect((await bureau.open(`${LIST}/${own}`)).status).toBe(404);
  expect((await bureau.open(LIST)).html).not.toContain(own);
  const taken = await bureau.open(`${LIST}/export?format=csv`);
  expect(taken.html).not.toContain(HOSPITAL);
  expect(
    (await manager.post(`${LIST}/${own}/decision`, { decision: 'allow', confirmed: 'yes' })).status,
  ).toBe(403);
  expect((await bureau.post(`${LIST}/${own}/withdrawal`, {})).status).toBe(404);
  expect((await hpa.post(LIST, { pair: `mch:${HOSPITAL}`, kind: 'extra_manager', target })).status).toBe(404);
  expect((await requestOf(own)).status).toBe('submitted');
});

test('F6: an administrator decides nothing that concerns themself', async () => {
  const { db } = world.database;
  const target = await colleague();
  const id = idOf((await ask({ kind: 'extra_manager', target })).headers.location);
  const { national_id_index } = await db
    .selectFrom('account')
    .select('national_id_index')
    .where('login_name', '=', 'demo.hpa')
    .executeTakeFirstOrThrow();
  const holder = db.selectFrom('subsystem_account').select('account_id').where('id', '=', target);
  await db.updateTable('account').set({ national_id_index }).where('id', '=', holder).execute();
  const refused = await hpa.post(`${LIST}/${id}/decision`, { decision: 'allow', confirmed: 'yes' });
  expect(refused.status).toBe(409);
  expect(refused.body).toContain('不能核定與自己有關的申請');
});

test('F7: twenty parallel decisions make one manager and one place', async () => {
  const target = await colleague();
  const before = await quota();
  const id = idOf((await ask({ kind: 'extra_manager', target })).headers.location);
  const fields = { decision: 'allow', reason: '', confirmed: 'yes' };
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => hpa.post(`${LIST}/${id}/decision`, fields)),
  );
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  expect(await quota()).toEqual({ used: before.used + 1, limit: before.limit + 1 });
});

test('SM-08: an account that left the unit meanwhile makes no manager and no place', async () => {
  const target = await colleague();
  const before = await quota();
  const id = idOf((await ask({ kind: 'extra_manager', target })).headers.location);
  await world.database.db
    .updateTable('subsystem_account')
    .set({ status: 'disabled' })
    .where('id', '=', target)
    .execute();
  const refused = await hpa.post(`${LIST}/${id}/decision`, { decision: 'allow', confirmed: 'yes' });
  expect([refused.status, (await requestOf(id)).status]).toEqual([409, 'submitted']);
  expect(await quota()).toEqual(before);
});
