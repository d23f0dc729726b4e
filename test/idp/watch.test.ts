import { recordAudit } from '#idp/audit/index.ts';
import { type WatchDeps, watchAudit } from '#idp/watch/index.ts';
import { decideAnswer, lookFrom } from '#idp/watch/policy.ts';
import type { AlertRule } from '#idp/watch/types.ts';
import { createKeyring } from '#kit/keyring.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { lastAudit, personOf } from './bindings-support.ts';

const PAGE = '/console/alerts';
const FIVE = Array.from({ length: 5 });
const MINUTE = 60_000;

describe('§5.2: unusual use', () => {
  let world: IdpWorld;
  let deps: WatchDeps;
  /** The newest alert before the test. */
  let before = 0;
  let hpa: Journey;
  let ops: Journey;
  let manager: Journey;
  let ids: Record<'hpa' | 'ops' | 'manager' | 'nurse', string>;
  beforeAll(async () => {
    world = await startIdpWorld();
    deps = {
      db: world.database.db,
      keyring: createKeyring(world.env['IDP_MASTER_KEYS'] ?? ''),
      config: { issuer: world.issuer, watch: { mailTo: ['officer@agency.example'] } },
    };
    [hpa, ops, manager] = (await Promise.all(
      ['demo.hpa', 'demo.ops', 'demo.manager'].map((name) => portalOf(world, name)),
    )) as [Journey, Journey, Journey];
    const found = await Promise.all(
      ['hpa', 'ops', 'manager', 'nurse'].map(async (name) => [
        name,
        (await personOf(world, `demo.${name}`)).id,
      ]),
    );
    ids = Object.fromEntries(found) as typeof ids;
    const known = { ip: '198.51.100.7', user_agent: 'Browser/100.1 (System)' };
    const earlier = new Date(Date.now() - 20 * 86_400_000);
    for (const account of [ids.ops, ids.nurse]) await at(earlier, { account_id: account, ...known });
    await watchAudit(deps);
  });
  afterAll(() => world.stop());
  beforeEach(async () => {
    const { db } = world.database;
    const newest = db.selectFrom('alert').select('id').orderBy('id', 'desc').limit(1);
    before = (await newest.executeTakeFirst())?.id ?? 0;
    await db.deleteFrom('mail_message').execute();
  });

  const at = (when: Date, columns: Record<string, string>) =>
    world.database.db
      .insertInto('audit_event')
      .values({ type: 'sign_in.succeeded', outcome: 'success', at: when, ...columns } as never)
      .execute();
  const alerts = () =>
    world.database.db
      .selectFrom('alert')
      .select(['rule', 'account_id', 'facts'])
      .where('id', '>', before)
      .orderBy('id')
      .execute();
  const newestAlert = () =>
    world.database.db.selectFrom('alert').select('id').orderBy('id', 'desc').executeTakeFirst();
  const watch = async (): Promise<number> => {
    const raised = await Promise.all(FIVE.map(() => watchAudit(deps)));
    return raised.reduce((sum, count) => sum + count, 0);
  };
  const record = async (
    type: `${string}.${string}`,
    accountId: string,
    count: number,
    extra: object = {},
  ) => {
    for (let nr = 0; nr < count; nr += 1) await recordAudit(world.database.db, { type, accountId, ...extra });
  };
  const open = (path = PAGE, who = hpa) => who.open(world.issuer + path);

  it('N18: many exports by one person raise one alert, told once to everybody responsible', async () => {
    await record('list.exported', ids.manager, 9);
    expect(await watch()).toBe(0);
    await record('list.exported', ids.manager, 4);
    expect(await watch()).toBe(1);
    expect(await watch()).toBe(0);
    expect(await alerts()).toEqual([{ rule: 'many_exports', account_id: ids.manager, facts: { count: 10 } }]);
    const mails = await world.database.db.selectFrom('mail_message').select(['kind', 'dedupe_key']).execute();
    const national = await world.database.db
      .selectFrom('account')
      .select('email')
      .where('role', 'in', ['hpa_admin', 'platform_ops'])
      .where('status', '=', 'active')
      .execute();
    expect(mails.length).toBe(new Set(national.map(({ email }) => email)).size + 1);
    expect(mails.every(({ kind }) => kind === 'N18')).toBe(true);
    expect(mails.some(({ dedupe_key }) => dedupe_key.endsWith('officer@agency.example'))).toBe(true);
    expect(await lastAudit(world, 'alert.raised')).toMatchObject({ account_id: ids.manager });
  });

  it('a new address and a new device of an administrator stand out, an ordinary person’s and the first do not', async () => {
    const now = new Date();
    await at(now, { account_id: ids.ops, ip: '198.51.100.7', user_agent: 'Browser/101.0 (System)' });
    expect(await watch()).toBe(0);
    await at(now, { account_id: ids.ops, ip: '203.0.113.5', user_agent: 'Browser/101.0 (System)' });
    await at(now, { account_id: ids.nurse, ip: '203.0.113.5', user_agent: 'Other (Phone)' });
    expect(await watch()).toBe(1);
    expect(await alerts()).toEqual([
      { rule: 'new_address', account_id: ids.ops, facts: { count: 1, ip: '203.0.113.5' } },
    ]);
    await at(now, { account_id: ids.ops, ip: '203.0.113.5', user_agent: 'Other (Phone)' });
    expect(await watch()).toBe(1);
    expect((await alerts()).map(({ rule }) => rule)).toEqual(['new_address', 'new_device']);
  });

  it('many queries stand out at night in Taipei, not by day; the rule is data', async () => {
    const { db } = world.database;
    const hour = Number(
      new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: 'Asia/Taipei' }).format(),
    );
    const set = (from: number, to: number) =>
      db
        .updateTable('alert_rule')
        .set({ from_hour: from, to_hour: to })
        .where('code', '=', 'night_queries')
        .execute();
    await db.updateTable('alert_rule').set({ enabled: false }).where('code', '=', 'many_exports').execute();
    await set((hour + 2) % 24, (hour + 20) % 24);
    await record('list.searched', ids.manager, 31);
    expect(await watch()).toBe(0);
    await db
      .updateTable('alert_rule')
      .set({ evaluated_at: new Date(Date.now() - MINUTE) })
      .execute();
    // through midnight or not: the present hour lies within
    await set((hour + 20) % 24, (hour + 2) % 24);
    expect(await watch()).toBe(1);
    await db
      .updateTable('alert_rule')
      .set({ from_hour: 22, to_hour: 6 })
      .where('code', '=', 'night_queries')
      .execute();
    await db.updateTable('alert_rule').set({ enabled: true }).where('code', '=', 'many_exports').execute();
  });

  it('many refusals from one address stand out, whoever was refused', async () => {
    for (let nr = 0; nr < 50; nr += 1) {
      await recordAudit(world.database.db, {
        type: 'sign_in.refused',
        reason: 'wrong_password',
        caller: { ip: '203.0.113.66', userAgent: '', requestId: `r${nr}` },
      });
    }
    expect(await watch()).toBe(1);
    expect((await alerts()).map(({ rule, account_id }) => [rule, account_id])).toEqual([
      ['many_refusals', null],
    ]);
    const alert = await newestAlert();
    expect((await open(`${PAGE}/${alert?.id}`)).text).toContain('203.0.113.66');
  });

  it('is answered once with a note, by somebody else; explained is the end, escalated may still be explained', async () => {
    await record('list.exported', ids.ops, 10);
    await watch();
    const alert = await newestAlert();
    const path = `${PAGE}/${alert?.id}`;
    await open(path);
    const empty = await hpa.submit((form) => 'note' in form.fields, { note: ' ', state: 'escalated' });
    expect([empty.status, empty.text.includes('請填寫說明')]).toEqual([422, true]);
    const own = await forgeForm(world, ops, `${path}/answer`, { state: 'explained', note: '我自己' });
    expect(own.status).toBe(409);
    const done = await hpa.submit((form) => 'note' in form.fields, {
      note: '<b>查證中</b>',
      state: 'escalated',
    });
    expect(done.text).toContain('已記錄您的說明');
    expect(done.html).toContain('&lt;b&gt;查證中');
    expect(await lastAudit(world, 'alert.escalated')).toMatchObject({
      actor_account_id: ids.hpa,
      details: { fields: ['state'], before: { state: 'open' }, after: { state: 'escalated' } },
    });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        forgeForm(world, hpa, `${path}/answer`, { state: 'explained', note: '完成' }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      303,
      ...Array.from({ length: 19 }, () => 409),
    ]);
    expect((await open(path)).text).not.toContain('回覆這項警示');
    expect((await open(`${path}?lang=en`)).text).toContain('Explained');
    await open(`${PAGE}?lang=zh-TW`);
    for (const bad of [`${PAGE}/0`, `${PAGE}/x`]) expect((await open(bad)).status).toBe(404);
    expect((await open(path, manager)).status).toBe(403);
    expect((await open('/console')).text).toContain('異常警示');
  });

  it('its thresholds change in the console, by operators, with a record', async () => {
    await open('/console/alert-rules', ops);
    await open('/console/alert-rules/night_queries', ops);
    const asks = (form: { fields: object }) => 'threshold' in form.fields;
    const faulty = await ops.submit(asks, { threshold: '0', window: '60', from: '22', to: '6' });
    expect([faulty.status, faulty.text.includes('1 至 1000000')]).toEqual([422, true]);
    const done = await ops.submit(asks, {
      threshold: '40',
      window: '60',
      from: '22',
      to: '6',
      enabled: 'yes',
    });
    expect(done.text).toContain('已變更規則');
    expect(await lastAudit(world, 'alert_rule.changed')).toMatchObject({
      details: { before: { threshold: 30 }, after: { threshold: 40 } },
    });
    const refused = await forgeForm(world, hpa, '/console/alert-rules/night_queries', { threshold: '1' });
    expect(refused.status).toBe(403);
  });
});

describe('what is looked at when', () => {
  const rule = { windowMinutes: 60, evaluatedAt: null } as AlertRule;
  const now = new Date('2026-11-22T06:00:00Z');

  it('begins where the last look ended, a little before, and catches up with three days at most', () => {
    expect(lookFrom(rule, now)).toEqual(new Date(now.getTime() - 65 * MINUTE));
    const later = { ...rule, evaluatedAt: new Date(now.getTime() - 10 * MINUTE) };
    expect(lookFrom(later, now)).toEqual(new Date(now.getTime() - 15 * MINUTE));
    expect(lookFrom({ ...rule, evaluatedAt: new Date(0) }, now)).toEqual(
      new Date(now.getTime() - 72 * 60 * MINUTE),
    );
  });

  it('is answered by nobody it is about', () => {
    const alert = { state: 'open', accountId: 'a' } as const;
    expect(decideAnswer(alert, { by: 'a', state: 'explained', note: 'x' })).toEqual({
      allowed: false,
      reason: 'own_alert',
    });
    expect(decideAnswer(alert, { by: 'b', state: 'explained', note: 'x' })).toEqual({ allowed: true });
    expect(decideAnswer(undefined, { by: 'b', state: 'explained', note: 'x' }).allowed).toBe(false);
  });
});
