import { people } from '#db/idp/seed/world.ts';
import { delegationRefusal } from '#idp/delegations/policy.ts';
import type { Party } from '#idp/delegations/types.ts';
import { DAY, after } from '#kit/clock.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { addApplication, addPerson, consoleOf } from '../support/review-world.ts';

const now = new Date('2026-11-22T04:00:00Z');
const period = { from: now, until: after(now, 7 * DAY) };
const party = (accountId: string, changes: Partial<Party> = {}): Party => ({
  ...{
    accountId,
    name: accountId,
    email: '',
    unitCode: 'U',
    isActive: true,
    isProven: true,
    expiresAt: null,
  },
  nationalIdIndex: Buffer.from(accountId),
  ...changes,
});

test('F10: who may stand in for whom, and how long', () => {
  const [one, two] = [party('one'), party('two')];
  const refusal = (
    deputy: Party | undefined,
    of = period,
    by: Party = one,
    open: (typeof period & { deputyAccountId: string })[] = [],
  ) => delegationRefusal(by, deputy, of, open, now);
  expect(refusal(two)).toBeUndefined();
  expect(refusal(undefined)).toBe('deputy_unknown');
  expect(refusal(party('two', { unitCode: 'V' }))).toBe('deputy_unknown');
  expect(refusal(party('two', { isActive: false }))).toBe('deputy_unknown');
  expect(refusal(party('two', { nationalIdIndex: one.nationalIdIndex }))).toBe('deputy_self');
  expect(refusal(party('two', { isProven: false }))).toBe('deputy_unproven');
  expect(refusal(two, period, party('one', { isActive: false }))).toBe('delegator_unavailable');
  expect(refusal(two, period, party('one', { expiresAt: after(now, DAY) }))).toBe('period_beyond_own');
  expect(refusal(two, { from: now, until: after(now, 61 * DAY) })).toBe('period_too_long');
  expect(refusal(two, { from: after(now, -2 * DAY), until: after(now, -DAY) })).toBe('period_past');
  expect(refusal(two, { from: period.until, until: now })).toBe('period_backwards');
  expect(refusal(two, period, one, [{ ...period, deputyAccountId: 'two' }])).toBe('overlaps');
});

describe('a deputy', () => {
  const [DELEGATIONS, LIST] = ['/console/delegations', '/console/enrollments'];
  let world: IdpWorld;
  let manager: ReturnType<typeof consoleOf>;
  let deputy: ReturnType<typeof consoleOf>;
  const today = (days = 0): string =>
    new Date(Date.now() + 8 * 3_600_000 + days * DAY).toISOString().slice(0, 10);
  const name = (login = 'demo.new', until = today(3)) =>
    manager.post(DELEGATIONS, { deputy: login, from: today(), until, reason: '出差' });
  const revokeAll = async () => {
    for (const { action } of (await manager.open(DELEGATIONS)).forms) {
      if (action.endsWith('/revocation')) await manager.post(action, {});
    }
  };

  beforeAll(async () => {
    world = await startIdpWorld();
    const { db } = world.database;
    const { id } = await db
      .selectFrom('account')
      .select('id')
      .where('login_name', '=', 'demo.new')
      .executeTakeFirstOrThrow();
    manager = consoleOf(world, await portalOf(world, 'demo.manager'));
    const browser = await portalOf(world, 'demo.new');
    // as if with a second factor, which everybody at the console has
    await db
      .updateTable('oidc_session')
      .set((row) => ({
        payload: row.fn('jsonb_set', [
          row.ref('payload'),
          row.val('{acr}'),
          row.val('"urn:single-entry:acr:mfa"'),
        ]) as never,
      }))
      .where('account_id', '=', id)
      .execute();
    deputy = consoleOf(world, browser);
  });
  afterAll(() => world.stop());

  test('F9: reviews in the place of whoever is away, on record; after the revocation the next request is refused', async () => {
    expect((await deputy.open(LIST)).status).toBe(403);
    expect((await name()).headers.location).toBe(`${DELEGATIONS}?done=given`);
    const [one, two] = [await addApplication(world), await addApplication(world)];
    const page = await deputy.open(`${LIST}/${one.id}`);
    expect(page.text).toContain('您正代理 林示範 審核');
    expect((await deputy.decide(`${LIST}/${one.id}`, 'approve')).status).toBe(303);
    const event = await world.database.db
      .selectFrom('enrollment_event as e')
      .innerJoin('account as b', 'b.id', 'e.on_behalf_of_account_id')
      .select('b.login_name')
      .where('e.enrollment_id', '=', one.id)
      .executeTakeFirst();
    expect(event?.login_name).toBe('demo.manager');
    expect((await manager.open(`${LIST}/${one.id}`)).text).toContain('周示範（代理 林示範）');

    await revokeAll();
    expect((await deputy.decide(`${LIST}/${two.id}`, 'approve')).status).toBe(403);
    expect((await deputy.open('/console')).status).toBe(403);
    const mails = await world.database.db
      .selectFrom('mail_message')
      .select('dedupe_key')
      .where('kind', '=', 'delegation')
      .execute();
    expect(mails).toHaveLength(4); // both, of beginning and end
  });

  test('F10: passes nothing on, and does nothing but review', async () => {
    await name();
    for (const path of [DELEGATIONS, '/console/accounts']) expect((await deputy.open(path)).status).toBe(403);
    expect(
      (await deputy.post(DELEGATIONS, { deputy: 'demo.nurse', from: today(), until: today() })).status,
    ).toBe(403);
    await revokeAll();
  });

  test('F6: decides neither about themself nor about whom they stand in for', async () => {
    await name();
    for (const login of ['demo.new', 'demo.manager']) {
      const nationalId = people.find((each) => each.loginName === login)?.nationalId ?? '';
      const { id } = await addApplication(world, { nationalId });
      expect((await deputy.decide(`${LIST}/${id}`, 'approve')).status).toBe(409);
      await world.database.db
        .updateTable('enrollment')
        .set({ status: 'withdrawn' })
        .where('id', '=', id)
        .execute();
    }
    await revokeAll();
  });

  test('F10: it ends by its time, and with the account of either', async () => {
    const { db } = world.database;
    await name();
    expect((await deputy.open(LIST)).status).toBe(200);
    await db
      .updateTable('account')
      .set({ status: 'disabled' })
      .where('login_name', '=', 'demo.manager')
      .execute();
    expect((await deputy.open(LIST)).status).toBe(403);
    await db
      .updateTable('account')
      .set({ status: 'active' })
      .where('login_name', '=', 'demo.manager')
      .execute();
    expect((await deputy.open(LIST)).status).toBe(200);
    await db
      .updateTable('delegation')
      .set({ valid_from: after(new Date(), -2 * DAY), valid_until: new Date() })
      .execute();
    expect((await deputy.open(LIST)).status).toBe(403);
    await db.deleteFrom('delegation').execute();
  });

  test('F10: another unit, oneself and endless periods are refused, and what was typed stays', async () => {
    await addPerson(world, { loginName: 'station.person', unit: '2311170010' });
    for (const login of ['station.person', 'demo.bureau', 'nobody.here']) {
      const answer = await name(login);
      expect([answer.status, answer.body.includes('本單位沒有這個啟用中的帳號')]).toEqual([422, true]);
      expect(answer.body).toContain(`value="${login}"`);
    }
    expect((await name('demo.manager')).body).toContain('不能請自己代理');
    expect((await name('demo.new', today(70))).body).toContain('最長 60 天');
    expect((await name('demo.new', 'someday')).status).toBe(422);
    const foreign = await manager.post(`${DELEGATIONS}/00000000-0000-4000-8000-000000000000/revocation`, {});
    expect(foreign.status).toBe(404);
  });

  test('F10: of twenty at once one is kept', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => name()));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    await revokeAll();
  });
});
