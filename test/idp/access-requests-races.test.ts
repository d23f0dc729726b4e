import { readManagerQuota } from '#idp/entitlements/index.ts';
import { tendRequests, withdrawRequest } from '#idp/access-requests/index.ts';
import { MINUTE, after } from '#kit/clock.ts';
import { CALLER, HOSPITAL, STATION, type World, openWorld } from './access-requests-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

let people = 0;
const applicant = async (): Promise<string> => {
  people += 1;
  await world.addPerson({ loginName: `applicant${people}` });
  return `applicant${people}`;
};
const requestOf = (id: string) =>
  world.database.db
    .selectFrom('subsystem_request')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

test('F7 SM-04: of twenty who decide one step at once one does; the others are told that it changed', async () => {
  const id = await world.ask(await applicant());
  const version = await world.versionOf(id);
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_each, at) =>
      world.decide(id, 'demo.manager', at % 2 === 0 ? 'approve' : 'return', { version }),
    ),
  );
  expect(outcomes.filter(({ done }) => done)).toHaveLength(1);
  const events = await world.database.db
    .selectFrom('subsystem_request_event')
    .select('deed')
    .where('request_id', '=', id)
    .where('deed', 'in', ['approved', 'returned'])
    .execute();
  expect(events).toHaveLength(1);
});

test('R13, P-51, SM-04: fifty parallel approvals against a quota of two make two managers', async () => {
  const ids: string[] = [];
  for (let at = 0; at < 50; at += 1) {
    ids.push(await world.ask(await applicant(), { role: 'mch_manager', unitCode: STATION }));
  }
  // several reviewers of the agency, so that one person's lock is not what keeps the order
  for (const name of ['agency1', 'agency2', 'agency3']) {
    await world.addPerson({ loginName: name, role: 'hpa_admin', unitCode: 'A21040000I' });
  }
  const reviewers = ['demo.hpa', 'agency1', 'agency2', 'agency3'];
  const outcomes = await Promise.all(ids.map((id, at) => world.decide(id, reviewers[at % 4] ?? 'demo.hpa')));
  expect(outcomes.filter(({ done }) => done)).toHaveLength(2);
  expect(outcomes.filter((each) => !each.done && each.reason === 'manager_quota_full')).toHaveLength(48);
  const manifest = world.deps.registry.subsystem('mch')?.manifest;
  if (!manifest) throw new Error('there is no MCH');
  const quota = () => readManagerQuota(world.deps.db, { unitCode: STATION, manifest });
  expect(await quota()).toEqual({ used: 2, limit: 2 });
  await world.database.db
    .updateTable('manager_quota')
    .set({ extra: 1 })
    .where('unit_code', '=', STATION)
    .execute();
  expect(await quota()).toEqual({ used: 2, limit: 3 });
  const waiting = ids.filter((_id, at) => !outcomes[at]?.done);
  const again = await Promise.all(waiting.map((id) => world.decide(id, 'demo.hpa')));
  expect(again.filter(({ done }) => done)).toHaveLength(1);
  expect(await quota()).toEqual({ used: 3, limit: 3 });
});

test('SM-04: two requests of one person approved at once get different account numbers and binding names', async () => {
  const who = await applicant();
  await world.addPerson({ loginName: 'one.more' });
  await world.addAccount('one.more', { role: 'mch_manager' });
  const first = await world.ask(who);
  const second = await world.ask(who, { unitCode: STATION });
  await world.decide(first, 'demo.manager');
  for (const id of [second]) await world.decide(id, 'demo.bureau');
  const outcomes = await Promise.all([
    world.decide(first, 'one.more'),
    world.decide(second, (await managersOf())[0] ?? ''),
  ]);
  expect(outcomes.every(({ done }) => done)).toBe(true);
  const bound = await world.database.db
    .selectFrom('binding')
    .select(['subsystem_account_id', 'name'])
    .where('account_id', '=', world.idOf(who))
    .orderBy('name')
    .execute();
  expect(bound.map(({ name }) => name)).toEqual(['婦幼健康整合', '婦幼健康整合2']);
  expect(new Set(bound.map((row) => row.subsystem_account_id)).size).toBe(2);
});

/** Login names of whoever manages MCH at the station. */
async function managersOf(): Promise<string[]> {
  const rows = await world.database.db
    .selectFrom('subsystem_account as sa')
    .innerJoin('account as a', 'a.id', 'sa.account_id')
    .select('a.login_name')
    .where('sa.unit_code', '=', STATION)
    .where('sa.role', '=', 'mch_manager')
    .execute();
  return rows.map((row) => row.login_name);
}

test('F7 SM-04: an approval against a withdrawal: one of them counts, and no account opens beside it', async () => {
  for (let round = 0; round < 5; round += 1) {
    const who = await applicant();
    const id = await world.ask(who);
    const own = { id, accountId: world.idOf(who) };
    const [decided, withdrawn] = await Promise.all([
      world.decide(id, 'demo.manager', 'return'),
      withdrawRequest(world.deps, own, CALLER),
    ]);
    const { status } = await requestOf(id);
    expect(status).toBe(withdrawn ? 'withdrawn' : 'returned');
    if (!decided.done) expect(status).toBe('withdrawn');
  }
});

test('P-29: one form sent ten times at once is one request; another person’s id is not found', async () => {
  const who = await applicant();
  const id = crypto.randomUUID();
  const sent = await Promise.all(Array.from({ length: 10 }, () => world.ask(who, { id })));
  expect(new Set(sent)).toEqual(new Set([id]));
  const rows = await world.database.db
    .selectFrom('subsystem_request')
    .select('id')
    .where('account_id', '=', world.idOf(who))
    .execute();
  expect(rows).toEqual([{ id }]);
  await expect(world.ask(who)).rejects.toThrow('already_requested');
  const other = await applicant();
  await expect(world.ask(other, { id })).rejects.toThrow('not_found');
});

test('SM-04: a request whose reviewers have all left goes to whoever stands in, who is told', async () => {
  const { db } = world.deps;
  const id = await world.ask(await applicant());
  expect(await requestOf(id)).toMatchObject({ level: 'own', waits_for: 'unit_manager' });
  await db
    .updateTable('account')
    .set({ status: 'disabled' })
    .where('login_name', '=', 'demo.manager')
    .execute();
  world.now.at = after(world.now.at, 11 * MINUTE);
  await Promise.all([tendRequests(world.deps), tendRequests(world.deps)]);
  await tendRequests(world.deps);
  expect(await requestOf(id)).toMatchObject({ level: 'bureau' });
  const told = await db
    .selectFrom('message')
    .select('account_id')
    .where('dedupe_key', '=', `N02:${id}:1:0:${world.idOf('demo.bureau')}`)
    .execute();
  expect(told).toHaveLength(1);
  const events = await db
    .selectFrom('subsystem_request_event')
    .select('deed')
    .where('request_id', '=', id)
    .orderBy('id')
    .execute();
  expect(events.map(({ deed }) => deed)).toEqual(['submitted', 'passed_on']);
  await db
    .updateTable('account')
    .set({ status: 'active' })
    .where('login_name', '=', 'demo.manager')
    .execute();
});

test('P-17, SM-04: a row written by the release before enters its first step', async () => {
  const who = await applicant();
  const { id } = await world.database.db
    .insertInto('subsystem_request')
    .values({
      ...{ account_id: world.idOf(who), subsystem_code: 'mch', unit_code: HOSPITAL, role: 'mch_user' },
      ...{ duty: 'medical', menu_roles: ['mi_antenatal'], fields: '{}', status: 'submitted' },
      created_at: world.now.at,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  expect(await world.decide(id, 'demo.manager')).toMatchObject({ done: false });
  await tendRequests(world.deps);
  expect(await requestOf(id)).toMatchObject({ chain: ['unit_manager', 'subsystem_manager'], level: 'own' });
  expect(await world.decide(id, 'demo.manager')).toMatchObject({ done: true });
});
