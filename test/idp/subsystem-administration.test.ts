import { readFileSync } from 'node:fs';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type FaultyClient, startFaultyClient } from '../support/faulty-client.ts';
import type { Journey, Page } from '../support/journey.ts';

const SUBSYSTEMS = '/console/subsystems';
const MANIFEST = `${SUBSYSTEMS}/manifest`;

describe('subsystems in the console', () => {
  let world: IdpWorld;
  let client: FaultyClient;
  let agency: Journey;
  let manager: Journey;
  let text: string;

  beforeAll(async () => {
    client = await startFaultyClient('set later');
    world = await startIdpWorld();
    client.issuer = world.issuer;
    text = readFileSync('test/idp/readiness-manifest.json', 'utf8').replaceAll(
      '${PROBE_ORIGIN}',
      client.origin,
    );
    agency = await portalOf(world, 'demo.hpa');
    manager = await portalOf(world, 'demo.manager');
  });
  afterAll(async () => {
    await world.stop();
    client.server.close();
  });

  const open = (path: string, browser = agency): Promise<Page> => browser.open(world.issuer + path);
  const pasted = async (manifest: string): Promise<Page> => {
    await open(MANIFEST);
    return agency.submit((form) => 'manifest' in form.fields && form.action === MANIFEST, { manifest });
  };
  const decide = (fields: Record<string, string>): Promise<Page> =>
    agency.submit((form) => 'reason' in form.fields, fields);

  it('shows every subsystem with its status, version and readiness, in both languages', async () => {
    const page = await open(SUBSYSTEMS);
    expect(page.status).toBe(200);
    expect(page.text).toContain('癌症篩檢追蹤系統');
    expect(page.text).toContain('mch-app');
    expect((await open(`${SUBSYSTEMS}/mch?lang=en`)).text).toContain('Readiness check');
    expect((await open(`${SUBSYSTEMS}/mch?lang=zh-TW`)).text).toContain('就緒檢查');
    expect((await open(`${SUBSYSTEMS}/nothing`)).status).toBe(404);
  });

  it('tells what is wrong with a manifest at its place, in plain words, and keeps the text', async () => {
    const broken = text
      .replace('"colour": 4', '"colour": 99')
      .replace(`${client.origin}/login`, 'javascript:alert(1)');
    const page = await pasted(broken);
    expect(page.status).toBe(422);
    expect(page.text).toContain('client.initiate_login_uri');
    expect(page.text).toContain('必須是完整的 https 網址');
    expect(page.text).toContain('colour');
    expect(page.html).toContain('&quot;colour&quot;: 99');
    expect((await pasted('{')).text).toContain('內容不是 JSON');
  });

  it('F16: onboards a subsystem from its manifest; its secret is shown once and kept only as a digest', async () => {
    const review = await pasted(text);
    expect(review.status).toBe(200);
    expect(review.text).toContain('這是新的子系統');
    expect((await decide({ reason: '' })).text).toContain('請填寫原因說明');
    const told = await decide({ reason: '新系統上線 <img src=x onerror=alert(1)>' });
    const secret = /<code class="told-once"[^>]*>([\w-]{43})<\/code>/.exec(told.html)?.[1] ?? '';
    expect(secret).toHaveLength(43);
    client.setSecret(secret);
    const page = await open(`${SUBSYSTEMS}/probe`);
    expect(page.text).toContain('probe-app');
    expect(page.html).not.toContain(secret);
    expect(page.html).not.toContain('<img src=x'); // F14: reasons are text
    const row = await world.database.db
      .selectFrom('client')
      .selectAll()
      .where('client_id', '=', 'probe-app')
      .executeTakeFirstOrThrow();
    expect(JSON.stringify(row)).not.toContain(secret);
  });

  it('runs the readiness check and shows each step, what to mend, and the history', async () => {
    await client.learnKeys();
    await open(`${SUBSYSTEMS}/probe`);
    const passed = await agency.submit((form) => form.action.endsWith('/readiness'));
    expect(passed.text).toContain('一秒內依登出通知登出');
    expect(passed.text).not.toContain('未通過');
    client.defects = new Set(['ignores_nonce']);
    const failed = await agency.submit((form) => form.action.endsWith('/readiness'));
    client.defects.clear();
    expect(failed.text).toContain('請比對這次授權請求的 nonce');
    expect((await open(`${SUBSYSTEMS}/probe`)).text).toMatch(/未通過.*通過/s);
  });

  it('shows what a change removes and how many hold it, wants it seen, and goes back as a new version', async () => {
    const { db } = world.database;
    const { id, national_id_index: index } = await db
      .selectFrom('account')
      .select(['id', 'national_id_index'])
      .where('login_name', '=', 'demo.nurse')
      .executeTakeFirstOrThrow();
    await db
      .insertInto('subsystem_account')
      .values({
        ...{ id: 'P@00000001P@prb_01', subsystem_code: 'probe', account_id: id, national_id_index: index },
        ...{ holder_name: '王示範', unit_code: '9876543210', role: 'member', duty: 'medical' },
        ...{ menu_roles: ['writer'], status: 'active' },
      })
      .execute();
    const changed = JSON.parse(text) as {
      menuRoles: { code: string }[];
      duties: { menuRoles: string[] }[];
    };
    changed.menuRoles = changed.menuRoles.filter(({ code }) => code !== 'writer');
    for (const duty of changed.duties) duty.menuRoles = ['reader'];
    const review = await pasted(JSON.stringify(changed));
    expect(review.text).toContain('移除選單角色');
    expect(review.text).toContain('目前有 1 個子系統帳號使用');
    const refused = await decide({ reason: '精簡' });
    expect(refused.text).toContain('請確認已檢視');
    expect(refused.html).toContain('精簡');
    const applied = await decide({ reason: '精簡', seen: 'yes' });
    expect(applied.text).toContain('已套用宣告');
    await open(`${SUBSYSTEMS}/probe/versions/1`);
    expect(agency.page()?.text).toContain('"writer"');
    await open(`${SUBSYSTEMS}/probe/versions/1/restoration`);
    const restored = await decide({ reason: '還原', seen: 'yes' });
    expect(restored.text).toContain('已還原為先前的版本');
    expect(restored.text).toMatch(/3 .*還原 1/s);
  });

  it('SM-04: tells the second of two administrators that it changed meanwhile, and loses nothing typed', async () => {
    const other = await portalOf(world, 'demo.ops');
    const renamed = text.replace('"Probe"', '"Renamed"');
    await pasted(renamed);
    await other.open(world.issuer + MANIFEST);
    await other.submit((form) => 'manifest' in form.fields && form.action === MANIFEST, {
      manifest: text.replace('"colour": 4', '"colour": 5'),
    });
    await other.submit((form) => 'reason' in form.fields, { reason: '換色' });
    expect(other.page()?.text).toContain('已套用宣告');
    const late = await decide({ reason: '更名' });
    expect(late.status).toBe(422);
    expect(late.text).toContain('已有其他人變更了這個子系統');
    expect(late.html).toContain('更名');
    expect((await decide({ reason: '更名' })).text).toContain('已套用宣告');
  });

  it('replaces a secret with overlap, ends the old one, disables and enables', async () => {
    await open(`${SUBSYSTEMS}/probe/secret`);
    expect((await agency.submit((form) => 'days' in form.fields, { days: '99', reason: 'x' })).status).toBe(
      422,
    );
    const told = await agency.submit((form) => 'days' in form.fields, { days: '7', reason: '年度更換' });
    expect(told.text).toContain('舊密碼有效至');
    await open(`${SUBSYSTEMS}/probe/secret/revocation`);
    expect((await decide({ reason: '已換完' })).text).toContain('舊密碼已失效');
    await open(`${SUBSYSTEMS}/probe/disabling`);
    expect((await decide({ reason: '暫停' })).text).toContain('用戶端已停用');
    await open(`${SUBSYSTEMS}/probe/enabling`);
    expect((await decide({ reason: '恢復' })).text).toContain('用戶端已啟用');
  });

  it('F13: wants a sign-in of the last minutes for each change, and leads back to it', async () => {
    const { db } = world.database;
    const before = await db.selectFrom('oidc_session').select(['uid', 'login_at']).execute();
    await db
      .updateTable('oidc_session')
      .set({ login_at: new Date(Date.now() - 6 * 60_000) })
      .execute();
    const paths = ['', '/probe/secret', '/probe/disabling', '/probe/versions/1/restoration'];
    for (const path of paths.map((tail) => (tail === '' ? MANIFEST : SUBSYSTEMS + tail))) {
      agency.stopBefore((url) => url.pathname === '/sign-in');
      const page = await open(path);
      expect(page.url.searchParams.get('fresh')).toBe('yes');
      expect(page.url.searchParams.get('return_to')).toBe(path);
    }
    agency.stopBefore(() => false);
    for (const { uid, login_at: at } of before) {
      await db.updateTable('oidc_session').set({ login_at: at }).where('uid', '=', uid).execute();
    }
  });

  it('F15: changes nothing for a form of another site, and nothing for a manager of a unit', async () => {
    for (const path of [MANIFEST, `${SUBSYSTEMS}/probe/disabling`, `${SUBSYSTEMS}/probe/readiness`]) {
      const fields = { reason: 'x', manifest: text };
      const forged = await forgeForm(world, agency, path, fields, { origin: 'https://evil.example' });
      expect(forged.status).toBe(403);
      expect((await open(path, manager)).status).toBe(403);
    }
  });
});
