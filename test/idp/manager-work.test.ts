import { managerWork } from '#idp/manager-work.ts';
import type { ConsoleEntry } from '#idp/permissions/index.ts';
import { HOSPITAL, type World, openWorld } from './access-requests-world.ts';

const ENTRIES: ConsoleEntry[] = [
  { method: 'GET', path: '/console/enrollments', deed: 'enrollments.review' },
  { method: 'GET', path: '/console/access-requests', deed: 'access_requests.review' },
];

let world: World;
beforeAll(async () => {
  world = await openWorld();
  await world.ask('demo.new');
  const at = world.now.at;
  await world.database.db
    .insertInto('enrollment')
    .values({
      ...{ id: crypto.randomUUID(), status: 'pending_unit_review', unit_code: HOSPITAL, role: 'user' },
      ...{ login_name: 'somebody', locale: 'zh-TW', national_id_index: Buffer.from('somebody') },
      ...{ created_at: at, updated_at: at, submitted_at: at },
    })
    .execute();
});
afterAll(() => world.close());

const workOf = (loginName: string, entries = ENTRIES) =>
  managerWork(
    world.deps,
    entries,
  )(world.idOf(loginName)).then((items) => items.map(({ url, count }) => [url, count]));

test('P-24, N02: a manager sees what waits and where to go; nobody else sees the block', async () => {
  expect(await workOf('demo.manager')).toEqual([
    ['/console/enrollments', 1],
    ['/console/access-requests', 1],
  ]);
  expect(await workOf('demo.hpa')).toEqual([
    ['/console/enrollments', 1],
    ['/console/access-requests', 0],
  ]);
  expect(await workOf('demo.bureau')).toEqual([
    ['/console/enrollments', 0],
    ['/console/access-requests', 0],
  ]);
  expect(await workOf('demo.nurse')).toEqual([]);
});

test('P-24: it leads only to pages that there are', async () => {
  expect(await workOf('demo.manager', [])).toEqual([]);
  expect(await workOf('demo.manager', ENTRIES.slice(1))).toEqual([['/console/access-requests', 1]]);
});

test('P-24: a manager’s own application is not their work', async () => {
  const { db } = world.database;
  const own = db.selectFrom('account').select('national_id_index').where('login_name', '=', 'demo.manager');
  await db
    .updateTable('enrollment')
    .set({ national_id_index: own })
    .where('login_name', '=', 'somebody')
    .execute();
  expect(await workOf('demo.manager')).toContainEqual(['/console/enrollments', 0]);
});
