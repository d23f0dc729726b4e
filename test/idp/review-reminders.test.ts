import { remindOfRequests } from '#idp/access-requests/index.ts';
import { nameDeputy } from '#idp/delegations/service.ts';
import { remindOfEnrollments } from '#idp/enrollments/index.ts';
import { remindOfPermissionRequests } from '#idp/permission-requests/index.ts';
import { DAY, after } from '#kit/clock.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { HOSPITAL, addApplication, addPerson, addRequest, servicesOf } from '../support/review-world.ts';

/* What lies before its reviewers too long: reminded of once, passed on once. */

const PATIENCE = { remindAfterDays: 2, escalateAfterDays: 5 };
let world: IdpWorld;
let deps: Awaited<ReturnType<typeof servicesOf>>;
// a Monday, so that calendar days can be counted
const monday = new Date('2026-11-23T02:00:00Z');
const at = { now: monday };

beforeAll(async () => {
  world = await startIdpWorld();
  deps = { ...(await servicesOf(world)), clock: () => at.now };
});
afterAll(() => world.stop());

const mailsOf = async (part: string) =>
  (
    await world.database.db
      .selectFrom('mail_message as m')
      .innerJoin('account as a', 'a.id', 'm.account_id')
      .select('a.login_name')
      .where('m.kind', '=', 'N02')
      .where('m.dedupe_key', 'like', `%${part}%`)
      .execute()
  )
    .map(({ login_name: name }) => name)
    .toSorted((a, b) => (a < b ? -1 : 1));
const turnsOf = async (id: string) =>
  (
    await world.database.db
      .selectFrom('enrollment_event')
      .select('status')
      .where('enrollment_id', '=', id)
      .orderBy('id')
      .execute()
  ).map(({ status }) => status);
const remind = () => remindOfEnrollments({ ...deps, issuer: world.issuer }, PATIENCE);

test('N02, SM-01: an application is reminded of once, then the agency hears of it once; deputies too', async () => {
  at.now = monday;
  const { db } = world.database;
  const manager = await db
    .selectFrom('account')
    .select(['id', 'role', 'unit_code'])
    .where('login_name', '=', 'demo.manager')
    .executeTakeFirstOrThrow();
  const actor = {
    accountId: manager.id,
    role: manager.role,
    unitCode: manager.unit_code,
    session: { uid: 'x' },
  };
  const from = { ip: '192.0.2.1', userAgent: 'test', requestId: 'test' };
  const period = { from: monday, until: after(monday, 30 * DAY) };
  expect(
    await nameDeputy(deps, actor, { deputyLoginName: 'demo.new', period, reason: '' }, from),
  ).toBeUndefined();
  const { id } = await addApplication(world, { waitingSince: monday });
  await remind();
  expect(await turnsOf(id)).toEqual([]);
  at.now = after(monday, 3 * DAY); // Thursday: two working days are over
  await Promise.all([remind(), remind(), remind()]);
  expect(await turnsOf(id)).toEqual(['reminded']);
  expect(await mailsOf(id)).toEqual(['demo.manager', 'demo.new']);
  at.now = after(monday, 7 * DAY); // next Monday: only four more working days
  await remind();
  expect(await turnsOf(id)).toEqual(['reminded']);
  at.now = after(monday, 8 * DAY);
  await Promise.all([remind(), remind()]);
  await remind();
  expect(await turnsOf(id)).toEqual(['reminded', 'escalated']);
  expect(await mailsOf(id)).toEqual(['demo.hpa', 'demo.manager', 'demo.new']);
});

test('SM-03: a paper form reminds the agency, then the operators; without a form nobody is reminded', async () => {
  at.now = monday;
  const waiting = await addApplication(world, {
    role: 'unit_manager',
    unit: '2311170010',
    waitingSince: monday,
  });
  const sent = await addApplication(world, {
    ...{ role: 'unit_manager', unit: '376570300I', waitingSince: monday, paper: 'uploaded' },
  });
  at.now = after(monday, 3 * DAY);
  await remind();
  expect(await mailsOf(sent.id)).toEqual(['demo.hpa']);
  at.now = after(monday, 9 * DAY);
  await remind();
  expect(await mailsOf(sent.id)).toEqual(['demo.hpa', 'demo.ops']);
  expect(await turnsOf(waiting.id)).toEqual([]);
});

test('SM-04: a request for a subsystem account is reminded of, then passed on to the bureau and the agency', async () => {
  at.now = monday;
  const asker = await addPerson(world, { loginName: 'slow.asker' });
  const id = await addRequest(deps, asker);
  const levelOf = async () =>
    (
      await world.database.db
        .selectFrom('subsystem_request')
        .select('level')
        .where('id', '=', id)
        .executeTakeFirst()
    )?.level;
  at.now = after(monday, 3 * DAY);
  await Promise.all([remindOfRequests(deps, PATIENCE), remindOfRequests(deps, PATIENCE)]);
  await remindOfRequests(deps, PATIENCE);
  expect(await mailsOf(id)).toEqual(['demo.manager', 'demo.manager', 'demo.new']);
  expect(await levelOf()).toBe('own');
  at.now = after(monday, 8 * DAY);
  await remindOfRequests(deps, PATIENCE);
  await remindOfRequests(deps, PATIENCE);
  expect(await levelOf()).toBe('bureau');
  expect((await mailsOf(id)).filter((name) => name === 'demo.bureau')).toHaveLength(1);
  at.now = after(monday, 17 * DAY);
  await remindOfRequests(deps, PATIENCE);
  await remindOfRequests(deps, PATIENCE);
  expect(await levelOf()).toBe('agency');
});

test('SM-08: a request for system rights reminds the agency once', async () => {
  const { db } = world.database;
  const id = crypto.randomUUID();
  const asker = await addPerson(world, { loginName: 'rights.asker' });
  await db
    .insertInto('permission_request')
    .values({
      ...{ id, kind: 'menu_role', subsystem_code: 'mch', unit_code: HOSPITAL, menu_role: 'mi_nbs_center' },
      ...{ content: '新增', applicant_account_id: asker, created_at: monday },
    })
    .execute();
  at.now = after(monday, 3 * DAY);
  await Promise.all([remindOfPermissionRequests(deps, 2), remindOfPermissionRequests(deps, 2)]);
  await remindOfPermissionRequests(deps, 2);
  expect(await mailsOf(id)).toEqual(['demo.hpa']);
});
