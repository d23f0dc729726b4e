import {
  decideRequests,
  getRequest,
  listReviewable,
  loadReviewer,
  countReviewable,
  withdrawRequest,
} from '#idp/access-requests/index.ts';
import { CALLER, HOSPITAL, STATION, type World, openWorld } from './access-requests-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  await world.addPerson({ loginName: 'second' });
  await world.addAccount('second', { role: 'mch_manager' });
});
afterAll(() => world.close());

const requestOf = (id: string) =>
  world.database.db
    .selectFrom('subsystem_request')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
const eventsOf = (id: string) =>
  world.database.db
    .selectFrom('subsystem_request_event')
    .select(['deed', 'step', 'waits_for', 'level', 'comment', 'round'])
    .where('request_id', '=', id)
    .orderBy('id')
    .execute();
const reviewable = async (loginName: string) => {
  const reviewer = await loadReviewer(world.deps.db, world.idOf(loginName), world.now.at);
  if (!reviewer) throw new Error(`${loginName} may not act`);
  const rows = await listReviewable(world.deps.db, reviewer, {}, { limit: 100 });
  expect(await countReviewable(world.deps.db, reviewer)).toBe(rows.length);
  return rows.map(({ id }) => id);
};
let people = 0;
const applicant = async (): Promise<string> => {
  people += 1;
  await world.addPerson({ loginName: `applicant${people}` });
  return `applicant${people}`;
};

describe('SM-04: the steps of a request', () => {
  test('SM-04, P-19: unit manager, then the subsystem’s manager; the account opens, is bound, the person told (N04)', async () => {
    const { db } = world.deps;
    const who = await applicant();
    const id = await world.ask(who, { menuRoles: ['mi_antenatal', 'mi_preterm'] });
    expect(await requestOf(id)).toMatchObject({
      chain: ['unit_manager', 'subsystem_manager'],
      waits_for: 'unit_manager',
      level: 'own',
      version: 2,
    });
    expect(await reviewable('demo.manager')).toContain(id);
    expect(await reviewable('second')).not.toContain(id);
    expect(await world.decide(id, 'demo.manager')).toEqual({ done: true, status: 'submitted' });
    expect(await reviewable('demo.manager')).not.toContain(id);
    expect(await reviewable('second')).toContain(id);
    const decided = await world.decide(id, 'second', 'approve', { comment: '核可' });
    const { person_no: personNo } = await db
      .selectFrom('account')
      .select('person_no')
      .where('id', '=', world.idOf(who))
      .executeTakeFirstOrThrow();
    const account = `P@${personNo}P@mbh_01`;
    expect(decided).toEqual({ done: true, status: 'approved', subsystemAccountId: account });
    const held = await db
      .selectFrom('subsystem_account')
      .selectAll()
      .where('id', '=', account)
      .executeTakeFirst();
    expect(held).toMatchObject({
      status: 'active',
      unit_code: HOSPITAL,
      role: 'mch_user',
      duty: 'medical',
      menu_roles: ['mi_antenatal', 'mi_preterm'],
      account_id: world.idOf(who),
    });
    const bound = await db
      .selectFrom('binding')
      .select('name')
      .where('subsystem_account_id', '=', account)
      .executeTakeFirst();
    expect(bound?.name).toBe('婦幼健康整合');
    const told = await db
      .selectFrom('mail_message')
      .select('kind')
      .where('account_id', '=', world.idOf(who))
      .execute();
    expect(told).toEqual([{ kind: 'N04' }]);
    const message = await db
      .selectFrom('message')
      .select(['subsystem_code', 'subject_zh', 'body_zh', 'link'])
      .where('account_id', '=', world.idOf(who))
      .executeTakeFirst();
    expect(message).toMatchObject({
      subsystem_code: 'mch',
      subject_zh: '審核信件通知!',
      link: `/account/access-requests/${id}`,
    });
    expect(message?.body_zh).toContain(account);
    expect(await eventsOf(id)).toMatchObject([
      { deed: 'submitted', step: 0 },
      { deed: 'approved', step: 0, waits_for: 'unit_manager', comment: '資料相符' },
      { deed: 'approved', step: 1, waits_for: 'subsystem_manager', comment: '核可' },
    ]);
  });

  test('N02: each step’s reviewers get a mail and a message, once', async () => {
    const { db } = world.deps;
    const id = await world.ask(await applicant());
    await world.decide(id, 'demo.manager');
    const rows = await db
      .selectFrom('mail_message')
      .select(['kind', 'account_id'])
      .where('dedupe_key', 'like', `N02:${id}:%`)
      .orderBy('id')
      .execute();
    expect(rows.map((row) => row.account_id)).toEqual([world.idOf('demo.manager'), world.idOf('second')]);
    const messages = await db
      .selectFrom('message')
      .select('link')
      .where('dedupe_key', 'like', `N02:${id}:%`)
      .execute();
    const link = `/console/access-requests/${id}`;
    expect(messages).toEqual([{ link }, { link }]);
  });

  test('SM-04: without anybody of the unit the health bureau of the county stands in, and then the agency', async () => {
    const id = await world.ask(await applicant(), {
      unitCode: STATION,
      duty: 'health_station',
      menuRoles: ['hs_card'],
    });
    expect(await requestOf(id)).toMatchObject({ waits_for: 'unit_manager', level: 'bureau' });
    expect(await reviewable('demo.bureau')).toContain(id);
    expect(await world.decide(id, 'demo.manager')).toMatchObject({ reason: 'not_responsible' });
    expect(await world.decide(id, 'demo.bureau')).toMatchObject({ done: true, status: 'submitted' });
    // the bureau's only manager has decided a step already
    expect(await requestOf(id)).toMatchObject({ waits_for: 'subsystem_manager', level: 'agency' });
    expect(await world.decide(id, 'demo.bureau')).toMatchObject({ reason: 'not_responsible' });
    expect(await world.decide(id, 'demo.hpa')).toMatchObject({ done: true, status: 'approved' });
  });

  test('SM-04, P-19: a managing role is decided by the agency alone', async () => {
    const id = await world.ask(await applicant(), { role: 'mch_manager', unitCode: STATION });
    expect(await reviewable('demo.hpa')).toContain(id);
    expect(await reviewable('demo.manager')).not.toContain(id);
    expect(await world.decide(id, 'demo.manager')).toMatchObject({ done: false, reason: 'not_responsible' });
    expect(await world.decide(id, 'demo.hpa')).toMatchObject({ done: true, status: 'approved' });
  });

  test('F7 F2 SM-04: no step is skipped, none decided by a stranger, an applicant or somebody without a part in it', async () => {
    const who = await applicant();
    const id = await world.ask(who);
    for (const stranger of ['second', 'demo.nurse', 'demo.hpa', 'demo.bureau', 'demo.ops', who]) {
      expect(await world.decide(id, stranger)).toMatchObject({ done: false, reason: 'not_responsible' });
      const seen = await getRequest(world.deps, { accountId: world.idOf(stranger) }, id);
      expect(seen).toBeUndefined();
    }
    expect(await world.decide(crypto.randomUUID(), 'demo.manager')).toMatchObject({ reason: 'not_found' });
    expect(await world.decide("' or 1=1", 'demo.manager', 'approve', { version: 1 })).toMatchObject({
      reason: 'not_found',
    });
    expect(await getRequest(world.deps, { accountId: world.idOf('demo.manager') }, id)).toMatchObject({
      mayDecide: true,
      quota: { used: 2, limit: 2 },
    });
    expect(await requestOf(id)).toMatchObject({ step: 0, status: 'submitted' });
  });

  test('SM-04: a decision needs a comment and the version that was seen', async () => {
    const id = await world.ask(await applicant());
    expect(await world.decide(id, 'demo.manager', 'approve', { comment: '  ' })).toMatchObject({
      reason: 'comment_missing',
    });
    expect(await world.decide(id, 'demo.manager', 'return', { version: 1 })).toMatchObject({
      reason: 'changed_meanwhile',
    });
    expect((await requestOf(id)).step).toBe(0);
  });
});

describe('SM-04: ends of a request', () => {
  test('F7 SM-04, N04: returned with a comment; withdrawn ones are decided by nobody', async () => {
    const who = await applicant();
    const id = await world.ask(who);
    expect(await world.decide(id, 'demo.manager', 'return', { comment: '請補職稱' })).toMatchObject({
      done: true,
      status: 'returned',
    });
    expect(await world.decide(id, 'demo.manager')).toMatchObject({ reason: 'not_pending' });
    const own = { id, accountId: world.idOf(who) };
    await expect(
      withdrawRequest(world.deps, { ...own, accountId: world.idOf('second') }, CALLER),
    ).rejects.toThrow('not_found');
    expect(await withdrawRequest(world.deps, own, CALLER)).toBe(true);
    expect(await withdrawRequest(world.deps, own, CALLER)).toBe(false);
    expect(await world.decide(id, 'demo.manager')).toMatchObject({ done: false, reason: 'not_pending' });
    expect(await reviewable('demo.manager')).not.toContain(id);
  });

  test('SM-04: what a unit may not have any more is not granted, and the request stays', async () => {
    const { db } = world.deps;
    const id = await world.ask(await applicant());
    const entitle = (menuRole: string, from: string, to: string | null) =>
      db
        .insertInto('unit_entitlement')
        .values({
          ...{ unit_code: HOSPITAL, subsystem_code: 'mch', menu_role: menuRole },
          ...{ valid_from: from, valid_to: to },
        })
        .execute();
    await entitle('mi_gbs_lab', '2026-01-01', null);
    await entitle('mi_antenatal', '2026-01-01', '2026-11-21');
    expect(await world.decide(id, 'demo.manager')).toMatchObject({ reason: 'menu_role_not_entitled' });
    await entitle('mi_antenatal', '2026-11-22', '2026-11-22');
    expect(await world.decide(id, 'demo.manager')).toMatchObject({ done: true });
    await db.deleteFrom('unit_entitlement').execute();
  });

  test('SM-04: a disabled applicant, a closed unit or a second account of one duty are refused at the decision', async () => {
    const { db } = world.deps;
    const who = await applicant();
    const id = await world.ask(who);
    const set = (table: 'account' | 'unit', status: string) =>
      table === 'account'
        ? db
            .updateTable('account')
            .set({ status: status as 'active' })
            .where('id', '=', world.idOf(who))
            .execute()
        : db
            .updateTable('unit')
            .set({ status: status as 'active' })
            .where('code', '=', HOSPITAL)
            .execute();
    await set('account', 'disabled');
    expect(await world.decide(id, 'demo.manager')).toMatchObject({ reason: 'applicant_inactive' });
    await set('account', 'active');
    await set('unit', 'closed');
    expect(await world.decide(id, 'demo.manager')).toMatchObject({ reason: 'unit_closed' });
    await set('unit', 'active');
    await world.addAccount(who, { role: 'mch_user' });
    expect(await world.decide(id, 'demo.manager')).toMatchObject({ reason: 'already_held' });
    expect(await world.decide(id, 'demo.manager', 'return')).toMatchObject({
      done: true,
      status: 'returned',
    });
  });

  test('P-48 SM-04: several at once, each for itself', async () => {
    const [first, second] = [await world.ask(await applicant()), await world.ask(await applicant())];
    const asked = await Promise.all(
      [first, crypto.randomUUID(), second].map(async (requestId) => ({
        ...{ requestId, decision: 'approve' as const, comment: '批次' },
        version: await world.versionOf(requestId),
      })),
    );
    const outcomes = await decideRequests(
      world.deps,
      { accountId: world.idOf('demo.manager') },
      asked,
      CALLER,
    );
    expect(outcomes.map(({ done }) => done)).toEqual([true, false, true]);
  });
});
