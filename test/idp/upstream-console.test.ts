import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { type LyingProvider, startLyingProvider } from '../support/lying-provider.ts';
import { lastAudit } from './bindings-support.ts';
import { atSignIn, declare, link, manifestOf, offered, signInWith } from './upstream-world.ts';

const LIST = '/console/upstreams';
const LINK_LIST = '/console/upstream-links';
const TWENTY = Array.from({ length: 20 });

describe('the console’s pages of institutions’ providers', () => {
  let world: IdpWorld;
  let group: LyingProvider;
  let ops: Journey;
  let hpa: Journey;
  beforeAll(async () => {
    [world, group] = await Promise.all([startIdpWorld(), startLyingProvider()]);
    await declare(world, manifestOf(group, 'group', { stable: ['employee'] }));
    await offered(world, 'group');
    [ops, hpa] = [await portalOf(world, 'demo.ops'), await portalOf(world, 'demo.hpa')];
    await link(world, await portalOf(world, 'demo.nurse'), 'group');
  });
  afterAll(async () => {
    await world.stop();
    await group.stop();
  });

  const open = (browser: Journey, path: string) =>
    browser.open(`${world.issuer}${path}${path.includes('?') ? '&' : '?'}lang=zh-TW`);
  const linkId = async (): Promise<string> => {
    const row = await world.database.db.selectFrom('upstream_link').select('id').executeTakeFirst();
    return row?.id ?? '';
  };
  const records = async (type: string) =>
    (await world.database.query('select 1 from audit_event where type = $1', [type])).length;

  it('shows who may vouch for whom, how it answers, who is linked, and what became of sign-ins', async () => {
    await signInWith(world, await atSignIn(world), 'group');
    group.who = { ...group.who, sub: 'stranger' };
    await signInWith(world, await atSignIn(world), 'group');
    group.who = { ...group.who, sub: 'subject-1' };
    const list = await open(hpa, LIST);
    for (const words of ['機構 group', '啟用中', '正常回應']) expect(list.text).toContain(words);
    const page = await open(hpa, `${LIST}/group`);
    for (const words of [
      ...[group.issuer, '9876543210-', 'hospital.example.test', '一般使用者', '單位管理者', '兩項因素'],
      ...['acr urn:two', 'amr otp', '姓名 ← name', '員工編號', '上次讀取公鑰', '近 30 天的登入'],
      ...['機構帳號還沒有連結'],
    ]) {
      expect(page.text).toContain(words);
    }
    expect((await open(hpa, `${LIST}/none`)).status).toBe(404);
    expect((await open(hpa, `${LIST}?state=disabled`)).text).toContain('找不到符合條件的資料');
  });

  it('F1: lists the links in pages that can be filtered and taken away with names masked; managers have none of it', async () => {
    const list = await open(ops, `${LINK_LIST}?provider=group&login=demo.n`);
    expect(list.text).toContain('demo.nurse');
    expect(list.html).not.toContain('wang@hospital.example.test');
    expect((await open(ops, `${LINK_LIST}?login=demo.zzz`)).text).not.toContain('demo.nurse');
    const cookie = ops.jar.header(new URL(world.issuer));
    const answer = await fetch(`${world.issuer}${LINK_LIST}/export?format=csv`, { headers: { cookie } });
    const csv = await answer.text();
    expect([answer.status, csv.includes('demo.nurse')]).toEqual([200, true]);
    const { name } = await world.database.db
      .selectFrom('account')
      .select('name')
      .where('login_name', '=', 'demo.nurse')
      .executeTakeFirstOrThrow();
    expect(csv).not.toContain(name);
    const manager = await portalOf(world, 'demo.manager');
    for (const path of [LIST, `${LIST}/group`, LINK_LIST, `${LINK_LIST}/${await linkId()}`]) {
      expect((await open(manager, path)).status).toBe(403);
    }
  });

  it('disables with a reason, once of twenty at a time, ends what it vouched for, and enables again', async () => {
    const browser = await atSignIn(world);
    await signInWith(world, browser, 'group');
    const path = `${LIST}/group/disabling`;
    const asks = await open(ops, path);
    expect(asks.text).toMatch(/影響 1 個已連結的帳號，立即結束 [1-9]\d* 個/);
    expect((await forgeForm(world, ops, path, { reason: ' ' })).status).toBe(422);
    const answers = await Promise.all(TWENTY.map(() => forgeForm(world, ops, path, { reason: '憑證外洩' })));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
    expect(await records('upstream_provider.disabled')).toBe(1);
    expect(await lastAudit(world, 'upstream_provider.disabled')).toMatchObject({
      details: {
        via: 'console',
        role: 'platform_ops',
        reason: '憑證外洩',
        target: 'upstream_provider:group',
      },
    });
    expect((await browser.open(`${world.issuer}/account/links`)).url.pathname).toMatch(/^\/interaction\//);
    await offered(world, 'group', false);
    expect((await open(hpa, `${LIST}/group`)).html).toContain('/enabling');
    await open(hpa, `${LIST}/group/enabling`);
    const done = await hpa.submit((form) => form.action.endsWith('/enabling'), { reason: '已更換' });
    expect(done.text).toContain('已啟用');
    await offered(world, 'group');
  });

  it('removes one person’s link with a reason, once; the person is told and signed out, and the subject signs nobody in', async () => {
    const browser = await atSignIn(world);
    await signInWith(world, browser, 'group');
    const path = `${LINK_LIST}/${await linkId()}`;
    expect((await open(ops, path)).text).toContain('demo.nurse');
    expect((await open(ops, path)).html).not.toContain('subject-1');
    expect((await forgeForm(world, ops, `${path}/removal`, { reason: '' })).status).toBe(422);
    const answers = await Promise.all(
      TWENTY.map(() => forgeForm(world, ops, `${path}/removal`, { reason: '離職' })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      303,
      ...Array<number>(19).fill(404),
    ]);
    expect(await lastAudit(world, 'upstream_link.removed')).toMatchObject({
      details: { via: 'console', provider: 'group', reason: '離職', sessionsEnded: 1 },
    });
    const told = world.database.db.selectFrom('mail_message').select('kind');
    expect(await told.where('dedupe_key', 'like', 'upstream:group:%:removed:%').execute()).toHaveLength(1);
    expect((await browser.open(`${world.issuer}/account/links`)).url.pathname).toMatch(/^\/interaction\//);
    expect((await signInWith(world, await atSignIn(world), 'group')).text).toContain('還沒有連結');
    expect((await open(ops, LINK_LIST)).text).toContain('還沒有人連結');
  });
});
