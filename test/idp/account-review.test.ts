import { type ReviewDeps, runReviews } from '#idp/account-review/index.ts';
import { decideConfirmation, periodOf, reminderDue } from '#idp/account-review/policy.ts';
import type { ReviewItem } from '#idp/account-review/types.ts';
import { createClientRegistry } from '#idp/subsystems/index.ts';
import { createKeyring } from '#kit/keyring.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { lastAudit, personOf } from './bindings-support.ts';

const PAGE = '/console/account-reviews';
const DAY = 86_400_000;
const FIVE = [1, 2, 3, 4, 5];

describe('§5.2: the half-yearly review of accounts', () => {
  let world: IdpWorld;
  let deps: ReviewDeps;
  let now = new Date();
  let manager: Journey;
  let hpa: Journey;
  let ids: Record<'nurse' | 'manager' | 'hpa', string>;
  beforeAll(async () => {
    world = await startIdpWorld();
    const { db } = world.database;
    deps = {
      db,
      keyring: createKeyring(world.env['IDP_MASTER_KEYS'] ?? ''),
      clock: () => now,
      registry: await createClientRegistry(db),
      config: { issuer: world.issuer },
    };
    [manager, hpa] = (await Promise.all(
      ['demo.manager', 'demo.hpa'].map((name) => portalOf(world, name)),
    )) as [Journey, Journey];
    const found = await Promise.all(
      ['nurse', 'manager', 'hpa'].map(async (name) => [name, (await personOf(world, `demo.${name}`)).id]),
    );
    ids = Object.fromEntries(found) as typeof ids;
    await db
      .updateTable('account')
      .set((eb) => ({
        unit_code: eb.selectFrom('account').select('unit_code').where('id', '=', ids.manager),
      }))
      .where('id', '=', ids.nurse)
      .execute();
  });
  afterAll(() => world.stop());

  const open = (path = PAGE, who = manager) => who.open(world.issuer + path);
  const itemOf = (id: string) =>
    world.database.db
      .selectFrom('account_review_item')
      .select(['state', 'decided_by', 'unit_code'])
      .where('account_id', '=', id)
      .executeTakeFirst();
  const run = () => Promise.all(FIVE.map(() => runReviews(deps)));
  const mails = async () => {
    const rows = world.database.db
      .selectFrom('mail_message')
      .select('dedupe_key')
      .where('kind', '=', 'review_due');
    return (await rows.execute()).map(({ dedupe_key }) => dedupe_key);
  };

  it('opens once with every active account, and tells each unit’s managers once a step', async () => {
    expect((await open()).text).toContain('目前沒有需要清查的帳號');
    expect((await open(`${PAGE}/progress`)).text).toContain('尚未開始');
    await run();
    await run();
    const rounds = await world.database.db.selectFrom('account_review').select('period').execute();
    expect(rounds).toEqual([{ period: periodOf(now) }]);
    expect(await lastAudit(world, 'account_review.opened')).toMatchObject({ outcome: 'success' });
    expect(await itemOf(ids.nurse)).toMatchObject({ state: 'open' });
    expect(await itemOf(ids.hpa)).toBeUndefined();
    const own = () => mails().then((keys) => keys.filter((key) => key.endsWith(ids.manager)));
    expect(await own()).toHaveLength(1);
    now = new Date(now.getTime() + 20 * DAY);
    await run();
    expect(await own()).toHaveLength(2);
    now = new Date(now.getTime() - 20 * DAY);
  });

  it('a manager confirms the unit’s people, once under twenty parallel tries; not themselves, no other unit’s', async () => {
    const page = await open();
    expect(page.text).toContain('demo.nurse');
    const confirm = (id: string, who = manager) =>
      forgeForm(world, who, `${PAGE}/bulk`, { id, deed: 'needed' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => confirm(ids.nurse)));
    const done = answers.map(({ headers }) => /done=([\w-]+)/.exec(headers.location ?? '')?.[1]);
    expect(done.filter((name) => name === 'confirmed')).toHaveLength(1);
    expect(done.filter((name) => name === 'not-answered_already')).toHaveLength(19);
    expect(await itemOf(ids.nurse)).toMatchObject({ state: 'needed', decided_by: ids.manager });
    expect(await lastAudit(world, 'account_review.confirmed')).toMatchObject({ account_id: ids.nurse });
    expect((await confirm(ids.manager)).headers.location).toContain('done=not-own_account');
    const foreign = await world.database.db
      .selectFrom('account_review_item')
      .select('account_id')
      .where('unit_code', '<>', (await itemOf(ids.manager))?.unit_code ?? '')
      .executeTakeFirstOrThrow();
    expect((await confirm(foreign.account_id)).status).toBe(404);
    expect((await open(`${PAGE}?unit=nowhere`)).text).not.toContain('demo.nurse');
    expect((await confirm(ids.manager, hpa)).headers.location).toContain('done=confirmed');
    for (const id of ['x', '', `${ids.nurse}'`]) expect((await confirm(id)).status).toBe(400);
    const shown = await open(`${PAGE}?done=not-own_account`);
    expect(shown.text).toContain('不能確認自己的帳號');
  });

  it('disabling goes by the rules of disabling, and counts as answered', async () => {
    const answer = await forgeForm(world, manager, `${PAGE}/bulk`, { id: ids.nurse, deed: 'disabling' });
    expect([answer.status, answer.headers.location]).toEqual([307, '/console/accounts/bulk']);
  });

  it('shows the nation by county as a table with a chart, a manager their own unit; in both languages; as a file', async () => {
    const nation = await open(`${PAGE}/progress`, hpa);
    expect(nation.text).toContain('各縣市清查進度');
    expect(nation.html).toMatch(/<svg class="bar"/);
    expect((await open(`${PAGE}/progress?lang=en`)).text).toContain('Progress by county');
    await open(`${PAGE}?lang=zh-TW`);
    const file = await open(`${PAGE}/export?format=csv`, hpa);
    expect(file.html).toContain('demo.nurse');
    const { name } = await world.database.db
      .selectFrom('account')
      .select('name')
      .where('id', '=', ids.nurse)
      .executeTakeFirstOrThrow();
    expect(file.html).not.toContain(name);
  });

  it('SM-05: whoever nobody confirmed is suspended at the subsystems when it is due, and the round is closed', async () => {
    const { db } = world.database;
    await db
      .updateTable('account_review_item')
      .set({ state: 'open', decided_by: null, decided_at: null })
      .where('account_id', '=', ids.nurse)
      .execute();
    const active = () =>
      db
        .selectFrom('subsystem_account')
        .select(['status', 'suspended_because as because'])
        .where('account_id', '=', ids.nurse)
        .execute();
    expect((await active()).filter(({ status }) => status === 'active').length).toBeGreaterThan(0);
    now = new Date(now.getTime() + 31 * DAY);
    await runReviews(deps);
    expect((await active()).filter(({ status }) => status === 'active')).toEqual([]);
    expect((await active()).some(({ because }) => because === 'yearly_review')).toBe(true);
    expect(await itemOf(ids.nurse)).toMatchObject({ state: 'suspended' });
    expect(await lastAudit(world, 'account_review.closed')).toBeDefined();
    const closed = await db.selectFrom('account_review').select('closed_at').executeTakeFirstOrThrow();
    expect(closed.closed_at).not.toBeNull();
  });
});

describe('the rules of a review', () => {
  const dueAt = new Date('2026-12-22T00:00:00Z');
  const item: ReviewItem = {
    period: '2026H2',
    accountId: 'a',
    unitCode: '1',
    role: 'user',
    state: 'open',
    dueAt,
  };
  const by = { accountId: 'm', isNational: false, reachesUnit: true };
  const now = new Date('2026-12-01T00:00:00Z');

  it.each([
    ['a user of the unit', item, by, now, undefined],
    ['one’s own', { ...item, accountId: 'm' }, by, now, 'own_account'],
    ['a manager, by a manager', { ...item, role: 'unit_manager' }, by, now, 'not_yours'],
    ['a manager, nationally', { ...item, role: 'unit_manager' }, { ...by, isNational: true }, now, undefined],
    ['another unit’s', item, { ...by, reachesUnit: false }, now, 'unknown_item'],
    ['answered', { ...item, state: 'needed' }, by, now, 'answered_already'],
    ['too late', item, by, dueAt, 'overdue'],
    ['nothing', undefined, by, now, 'unknown_item'],
  ] as const)('%s', (_name, subject, who, at, reason) => {
    const decision = decideConfirmation(subject, who, at);
    expect(decision.allowed ? undefined : decision.reason).toBe(reason);
  });

  it('half-years are Taipei’s, reminders come at the beginning, with 14, 7 and 1 days left', () => {
    expect(periodOf(new Date('2026-06-30T15:59:59Z'))).toBe('2026H1');
    expect(periodOf(new Date('2026-06-30T16:00:00Z'))).toBe('2026H2');
    const left = (days: number) => reminderDue(dueAt, new Date(dueAt.getTime() - days * DAY));
    expect([30, 20, 14, 10, 7, 1, 0.5, 0, -1].map(left)).toEqual([
      30,
      30,
      14,
      14,
      7,
      1,
      1,
      undefined,
      undefined,
    ]);
  });
});
