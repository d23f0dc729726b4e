import { people } from '#db/idp/seed/world.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { STATION, addApplication, addPerson, consoleOf } from '../support/review-world.ts';
import { PNG } from './enrollments-files.ts';

/* Applications for accounts as their reviewers decide them at the console. */

let world: IdpWorld;
let manager: ReturnType<typeof consoleOf>;
let bureau: ReturnType<typeof consoleOf>;
let hpa: ReturnType<typeof consoleOf>;
let ops: ReturnType<typeof consoleOf>;
const LIST = '/console/enrollments';

beforeAll(async () => {
  world = await startIdpWorld();
  const at = async (name: string) => consoleOf(world, await portalOf(world, name));
  [manager, bureau, hpa, ops] = [
    await at('demo.manager'),
    await at('demo.bureau'),
    await at('demo.hpa'),
    await at('demo.ops'),
  ];
});
afterAll(() => world.stop());

const statusOf = async (id: string) =>
  (
    await world.database.db
      .selectFrom('enrollment')
      .select('status')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
  ).status;
const accountsNamed = (loginName: string) =>
  world.database.db.selectFrom('account').select('id').where('login_name', '=', loginName).execute();
const nationalIdOf = (loginName: string) =>
  people.find((each) => each.loginName === loginName)?.nationalId ?? '';

describe('the list of applications', () => {
  test('P-47: what waits, found by unit, name, account, day and state', async () => {
    const one = await addApplication(world, { name: '測試甲' });
    const gone = await addApplication(world, { name: '測試乙', status: 'withdrawn' });
    const page = await manager.open(LIST);
    expect(page.text).toContain('帳號申請核定');
    expect(page.text).toContain(one.loginName);
    expect(page.text).not.toContain(gone.loginName);
    const found = async (query: string) => (await manager.open(`${LIST}?${query}`)).text;
    expect(await found('status=all')).toContain(gone.loginName);
    expect(await found('status=withdrawn')).not.toContain(one.loginName);
    expect(await found(`name=${encodeURIComponent('試甲')}`)).toContain(one.loginName);
    expect(await found(`name=${encodeURIComponent('100%')}`)).not.toContain(one.loginName);
    expect(await found(`account=${one.loginName}`)).toContain('測試甲');
    expect(await found(`unit=${STATION}`)).not.toContain(one.loginName);
    expect(await found(`unit_name=${encodeURIComponent('示範醫院')}`)).toContain(one.loginName);
    expect(await found('to=2020-01-01')).not.toContain(one.loginName);
    expect((await manager.open(`${LIST}?from=soon`)).status).toBe(422);
    expect((await manager.open(`${LIST}?sort=password_hash`)).status).toBe(400);
  });

  test('F2: another unit is not there: not in the list, not by id, decision, bulk or scan', async () => {
    const { id, loginName } = await addApplication(world);
    expect((await bureau.open(`${LIST}?status=all`)).text).not.toContain(loginName);
    expect((await bureau.open(`${LIST}/${id}`)).status).toBe(404);
    expect(
      (await bureau.post(`${LIST}/${id}/decision`, { decision: 'approve', confirmed: 'yes' })).status,
    ).toBe(404);
    expect((await bureau.post(`${LIST}/decisions`, { id, deed: 'approve', confirmed: 'yes' })).status).toBe(
      404,
    );
    const paper = await addApplication(world, {
      role: 'unit_manager',
      scan: { bytes: PNG, mediaType: 'image/png' },
    });
    // of managers' applications even the own unit's manager sees nothing
    expect((await manager.open(`${LIST}/${paper.id}`)).status).toBe(404);
    expect((await manager.open(`${LIST}/${paper.id}/scan`)).status).toBe(403);
    expect((await manager.open(`${LIST}/not-an-id`)).status).toBe(404);
    expect(await statusOf(id)).toBe('pending_unit_review');
  });

  test('P-47, SM-03: the home counts what waits and what is overdue', async () => {
    const before = await manager.open('/console');
    await addApplication(world, { waitingSince: new Date(Date.now() - 12 * 86_400_000) });
    const after = await manager.open('/console');
    expect(before.text).not.toContain('逾期 1');
    expect(after.text).toContain('逾期 1');
    expect((await manager.open(LIST)).text).toContain('待審核・逾期');
  });
});

describe('deciding at the console', () => {
  test('P-47: asked 是否確定審核帳號？ first; then the account is open and the next application shown', async () => {
    const { id, loginName } = await addApplication(world, {
      subsystems: [
        { code: 'mch', role: 'mch_user', duty: 'medical', menuRoles: ['mi_antenatal'], fields: {} },
      ],
    });
    await addApplication(world);
    const page = await manager.open(`${LIST}/${id}`);
    expect(page.text).toContain('產檢院所');
    expect(page.text).toContain(`開通帳號 ${loginName}`);
    expect(page.html).not.toMatch(/E1\d{8}/); // the ID number is masked
    const version = page.forms.find(({ action }) => action.endsWith('/decision'))?.fields['version'] ?? '';
    const asked = await manager.post(`${LIST}/${id}/decision`, { decision: 'approve', reason: '', version });
    expect(asked.body).toContain('是否確定審核帳號？');
    expect(await statusOf(id)).toBe('pending_unit_review');
    const done = await manager.decide(`${LIST}/${id}`, 'approve');
    expect([done.status, done.headers.location]).toEqual([
      303,
      expect.stringMatching(/enrollments\/.+\?done=approve$/),
    ]);
    expect(await statusOf(id)).toBe('active');
    expect(await accountsNamed(loginName)).toHaveLength(1);
    const { details, session_uid: session } = await world.database.db
      .selectFrom('audit_event')
      .select(['details', 'session_uid'])
      .where('type', '=', 'enrollment.approved')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    expect(details).toMatchObject({ enrollment: id, unit: '9876543210' });
    expect(session).not.toBeNull();
  });

  test('F7: twenty parallel decisions make one', async () => {
    const { id, loginName } = await addApplication(world);
    const reviewers = [manager, hpa, ops, manager];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        (reviewers[at % 4] ?? manager).decide(`${LIST}/${id}`, at % 2 === 0 ? 'approve' : 'return', '重複'),
      ),
    );
    expect(answers.filter((answer) => answer.status === 303)).toHaveLength(1);
    const events = await world.database.db
      .selectFrom('enrollment_event')
      .select('status')
      .where('enrollment_id', '=', id)
      .execute();
    expect(events).toHaveLength(1);
    expect((await accountsNamed(loginName)).length).toBe((await statusOf(id)) === 'active' ? 1 : 0);
  });

  test('SM-01: nothing is returned without a comment; what was typed stays', async () => {
    const { id } = await addApplication(world);
    const bare = await manager.decide(`${LIST}/${id}`, 'return', '  ');
    expect(bare.status).toBe(422);
    expect(bare.body).toContain('請填寫審核說明');
    expect((await manager.decide(`${LIST}/${id}`, 'return', '職稱有誤')).status).toBe(303);
    expect(await statusOf(id)).toBe('returned');
    expect((await manager.open(`${LIST}/${id}`)).text).toContain('職稱有誤');
  });

  test('F7: what was withdrawn, has expired or changed since it was read is not decided', async () => {
    const { db } = world.database;
    for (const status of ['withdrawn', 'expired'] as const) {
      const { id } = await addApplication(world, { status });
      const answer = await manager.post(`${LIST}/${id}/decision`, { decision: 'approve', confirmed: 'yes' });
      expect(answer.status).toBe(409);
      expect(await statusOf(id)).toBe(status);
    }
    const { id } = await addApplication(world);
    const page = await manager.open(`${LIST}/${id}`);
    const version = page.forms.find(({ action }) => action.endsWith('/decision'))?.fields['version'] ?? '';
    await db.updateTable('enrollment').set({ updated_at: new Date() }).where('id', '=', id).execute();
    const fields = { decision: 'return', reason: '已經打好的說明', version, confirmed: 'yes' };
    const answer = await manager.post(`${LIST}/${id}/decision`, fields);
    expect(answer.status).toBe(409);
    expect(answer.body).toContain('已經打好的說明');
    expect(await statusOf(id)).toBe('pending_unit_review');
  });

  test('F6: nobody decides their own, under whichever account', async () => {
    const own = await addApplication(world, { nationalId: nationalIdOf('demo.manager'), unit: '9876543210' });
    const page = await manager.open(`${LIST}/${own.id}`);
    expect(page.text).toContain('不能審核自己的申請');
    expect(page.forms.some(({ action }) => action.endsWith('/decision'))).toBe(false);
    const forced = await manager.post(`${LIST}/${own.id}/decision`, {
      decision: 'approve',
      confirmed: 'yes',
    });
    expect(forced.status).toBe(409);
    const bulk = await manager.post(`${LIST}/decisions`, { id: own.id, deed: 'approve', confirmed: 'yes' });
    expect(bulk.body).toContain('不能審核自己的申請');
    expect(await statusOf(own.id)).toBe('pending_unit_review');
  });

  test('F11: fields nobody asked for change nothing', async () => {
    const { id, loginName } = await addApplication(world);
    const { forms } = await manager.open(`${LIST}/${id}`);
    const version = forms.find(({ action }) => action.endsWith('/decision'))?.fields['version'] ?? '';
    await manager.post(`${LIST}/${id}/decision`, {
      ...{ decision: 'approve', version, confirmed: 'yes', role: 'hpa_admin', unit_code: STATION },
      ...{ status: 'active', onBehalfOf: 'demo.hpa', reviewerLoginName: 'demo.hpa' },
    });
    const account = await world.database.db
      .selectFrom('account')
      .select(['role', 'unit_code'])
      .where('login_name', '=', loginName)
      .executeTakeFirst();
    expect(account).toEqual({ role: 'user', unit_code: '9876543210' });
    expect((await manager.post(`${LIST}/${id}/decision`, { decision: 'review' })).status).toBe(400);
  });

  test('F14: scripts in names and comments stay text', async () => {
    const name = '<script>alert(1)</script>';
    const { id } = await addApplication(world, { name });
    expect((await manager.open(`${LIST}?account=applicant`)).html).not.toContain(name);
    const page = await manager.open(`${LIST}/${id}`);
    expect(page.html).not.toContain(name);
    expect(page.text).toContain(name);
    await manager.decide(`${LIST}/${id}`, 'return', '<img src=x onerror=alert(1)>');
    const after = await manager.open(`${LIST}/${id}`);
    expect(after.html).not.toContain('<img src=x');
    expect(after.text).toContain('<img src=x onerror=alert(1)>');
  });
});

describe('several at once', () => {
  test('P-47: a preview, then each for itself; who comes too late is told which', async () => {
    const [one, two] = [await addApplication(world), await addApplication(world)];
    const ids = new URLSearchParams([
      ['id', one.id],
      ['id', two.id],
      ['deed', 'approve'],
    ]);
    const preview = await manager.post(`${LIST}/decisions`, ids);
    expect(preview.body).toContain('確定審核 2 筆');
    expect(await statusOf(one.id)).toBe('pending_unit_review');
    const shown = [...preview.body.matchAll(/name="id" value="([^"]+)"/g)].map(([, value = '']) => value);
    await hpa.decide(`${LIST}/${two.id}`, 'return', '國健署已退回');
    const fields = new URLSearchParams(shown.map((value): [string, string] => ['id', value]));
    fields.set('deed', 'approve');
    fields.set('confirmed', 'yes');
    const outcome = await manager.post(`${LIST}/decisions`, fields);
    expect(outcome.body).toContain('處理結果');
    expect([await statusOf(one.id), await statusOf(two.id)]).toEqual(['active', 'returned']);
  });

  test('P-47: returning several wants a comment', async () => {
    const { id } = await addApplication(world);
    const bare = await manager.post(`${LIST}/decisions`, {
      id,
      deed: 'return',
      confirmed: 'yes',
      reason: '',
    });
    expect([bare.status, await statusOf(id)]).toEqual([422, 'pending_unit_review']);
    const done = await manager.post(`${LIST}/decisions`, {
      id,
      deed: 'return',
      confirmed: 'yes',
      reason: '資料不符',
    });
    expect([done.status, await statusOf(id)]).toEqual([303, 'returned']);
    expect((await manager.post(`${LIST}/decisions`, { id, deed: 'delete' })).status).toBe(400);
  });
});

test('F6: the same person under another account of the unit decides nothing about themself', async () => {
  const nationalId = nationalIdOf('demo.bureau');
  await addPerson(world, { loginName: 'second.account', nationalId });
  const own = await addApplication(world, { nationalId, unit: '376570300I' });
  expect((await bureau.decide(`${LIST}/${own.id}`, 'approve')).status).toBe(409);
  expect(await statusOf(own.id)).toBe('pending_unit_review');
});
