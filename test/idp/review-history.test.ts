import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { addApplication, addPerson, addRequest, consoleOf, servicesOf } from '../support/review-world.ts';

const HISTORY = '/console/review-history';
let world: IdpWorld;
let manager: ReturnType<typeof consoleOf>;
let bureau: ReturnType<typeof consoleOf>;
let hpa: ReturnType<typeof consoleOf>;

beforeAll(async () => {
  world = await startIdpWorld();
  const at = async (name: string) => consoleOf(world, await portalOf(world, name));
  [manager, bureau, hpa] = [await at('demo.manager'), await at('demo.bureau'), await at('demo.hpa')];
});
afterAll(() => world.stop());

test('M-39a: who decided what when, in which words; found by kind, decision and people, and taken away as a file', async () => {
  const one = await addApplication(world);
  const two = await addApplication(world);
  await manager.decide(`/console/enrollments/${one.id}`, 'approve', '=HYPERLINK("x")');
  await hpa.decide(`/console/enrollments/${two.id}`, 'return', '<i>職稱不符</i>');
  const asker = await addPerson(world, { loginName: 'history.asker' });
  const id = await addRequest(await servicesOf(world), asker);
  await manager.decide(`/console/access-requests/${id}`, 'return', '單位不符');
  const page = await manager.open(HISTORY);
  for (const text of [
    '業務帳號審核紀錄',
    one.loginName,
    two.loginName,
    'history.asker',
    '林示範',
    '張示範',
    '單位不符',
  ]) {
    expect(page.text).toContain(text);
  }
  expect(page.html).not.toContain('<i>職稱');
  const found = async (query: string) => (await manager.open(`${HISTORY}?${query}`)).text;
  expect(await found('kind=access_request')).not.toContain(one.loginName);
  expect(await found('decision=returned')).not.toContain(one.loginName);
  expect(await found('reviewer=demo.hpa')).toContain(two.loginName);
  expect(await found('reviewer=demo.hpa')).not.toContain(one.loginName);
  expect(await found(`applicant=${one.loginName}`)).not.toContain(two.loginName);
  expect((await manager.open(`${HISTORY}?decision=everything`)).status).toBe(422);
  const file = await manager.open(`${HISTORY}/export?format=csv`);
  expect(file.headers.get('content-disposition')).toContain('attachment');
  expect(file.html).toContain(one.loginName);
  expect(file.html).not.toMatch(/(^|,)"?=HYPERLINK/m);
  const exported = await world.database.db
    .selectFrom('audit_event')
    .select('details')
    .where('type', '=', 'list.exported')
    .executeTakeFirst();
  expect(exported?.details).toMatchObject({ list: 'review-history' });
});

test('F2: another unit’s decisions are neither listed nor exported', async () => {
  const { id, loginName } = await addApplication(world);
  await manager.decide(`/console/enrollments/${id}`, 'approve');
  expect((await hpa.open(HISTORY)).text).toContain(loginName);
  expect((await bureau.open(HISTORY)).text).not.toContain(loginName);
  expect((await bureau.open(`${HISTORY}/export?format=csv`)).html).not.toContain(loginName);
});
