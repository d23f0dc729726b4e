import { countReviewable, getRequest, listReviewable, loadReviewer } from '#idp/access-requests/index.ts';
import { HOSPITAL, type World, openWorld } from './access-requests-world.ts';

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

describe('SM-04: nobody decides about themself, nor twice', () => {
  test('F6 SM-04: not under another account of the same ID number, and lists do not offer it', async () => {
    const { db } = world.deps;
    const { national_id_index: index } = await db
      .selectFrom('account')
      .select('national_id_index')
      .where('id', '=', world.idOf('demo.manager'))
      .executeTakeFirstOrThrow();
    await world.addPerson({ loginName: 'alter.ego' });
    await db
      .updateTable('account')
      .set({ national_id_index: index })
      .where('login_name', '=', 'alter.ego')
      .execute();
    const id = await world.ask('alter.ego');
    // the unit's only manager is the applicant: the bureau decides
    expect(await requestOf(id)).toMatchObject({ waits_for: 'unit_manager', level: 'bureau' });
    await db.updateTable('subsystem_request').set({ level: 'own' }).where('id', '=', id).execute();
    expect(await reviewable('demo.manager')).not.toContain(id);
    expect(await world.decide(id, 'demo.manager')).toMatchObject({ reason: 'own_request' });
    expect(
      await db
        .selectFrom('audit_event')
        .select('reason')
        .where('type', '=', 'access_request.decision_refused')
        .where('actor_account_id', '=', world.idOf('demo.manager'))
        .orderBy('id', 'desc')
        .executeTakeFirst(),
    ).toEqual({ reason: 'own_request' });
  });

  test('F6 SM-04: whoever decided one step decides no other of the round, whatever else they manage', async () => {
    const id = await world.ask(await applicant());
    await world.decide(id, 'demo.manager'); // who is also the subsystem's manager of the unit
    expect(await world.decide(id, 'demo.manager')).toMatchObject({ reason: 'already_decided_a_step' });
    expect(await world.decide(id, 'second')).toMatchObject({ done: true, status: 'approved' });
  });

  test('F6 SM-04: an ID number that only its owner vouches for neither decides nor is granted anything', async () => {
    const { db } = world.deps;
    const declare = (loginName: string, at: Date | null) =>
      db
        .updateTable('account')
        .set({ national_id_declared_at: at })
        .where('id', '=', world.idOf(loginName))
        .execute();
    const who = await applicant();
    const id = await world.ask(who);
    await declare(who, new Date());
    expect(await world.decide(id, 'demo.manager')).toMatchObject({ reason: 'applicant_unproven' });
    await declare(who, null);
    await declare('demo.manager', new Date());
    expect(await world.decide(id, 'demo.manager')).toMatchObject({ reason: 'reviewer_unproven' });
    await declare('demo.manager', null);
  });

  test('F6 SM-04: who stands in for somebody away needs a delegation, is held to both, and is recorded', async () => {
    const { db } = world.deps;
    const id = await world.ask(await applicant());
    expect(await world.decide(id, 'demo.nurse', 'approve', { onBehalfOf: 'demo.manager' })).toMatchObject({
      reason: 'not_delegated',
    });
    const asDeputy = { accountId: world.idOf('demo.nurse'), onBehalfOf: world.idOf('demo.manager') };
    expect(await getRequest(world.deps, asDeputy, id)).toBeUndefined();
    world.deps.mayActFor = (_db, of) => Promise.resolve(of.accountId === world.idOf('demo.nurse'));
    expect(await getRequest(world.deps, asDeputy, id)).toMatchObject({ mayDecide: true });
    expect(await world.decide(id, 'demo.nurse', 'approve', { onBehalfOf: 'demo.manager' })).toMatchObject({
      done: true,
    });
    const event = await db
      .selectFrom('subsystem_request_event')
      .select(['actor_account_id', 'on_behalf_of_account_id'])
      .where('request_id', '=', id)
      .where('deed', '=', 'approved')
      .executeTakeFirst();
    expect(event).toEqual({
      actor_account_id: world.idOf('demo.nurse'),
      on_behalf_of_account_id: world.idOf('demo.manager'),
    });
    // neither of the two decides the next step
    expect(await world.decide(id, 'demo.manager')).toMatchObject({ reason: 'already_decided_a_step' });
    const third = await world.ask('demo.nurse', { unitCode: HOSPITAL, subsystemCode: 'mch' });
    expect(await world.decide(third, 'demo.nurse', 'approve', { onBehalfOf: 'demo.manager' })).toMatchObject({
      reason: 'own_request',
    });
    delete world.deps.mayActFor;
  });
});
