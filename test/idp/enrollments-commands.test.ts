import { ENROLLMENT_COMMANDS } from '#idp/enrollments/index.ts';
import { apply, createApplicant } from './enrollments-applicant.ts';
import { PDF } from './enrollments-files.ts';
import { STATION, type World, openWorld } from './enrollments-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const run = (command: string, ...args: string[]): Promise<string> => {
  const found = ENROLLMENT_COMMANDS[`enrollments ${command}`];
  if (!found) throw new Error(`no ${command}`);
  return found(world.services, args);
};

test('an operator lists what waits, never who', async () => {
  expect(await run('list')).toBe('nothing waits for a decision');
  const applicant = createApplicant(world);
  const id = await apply(world, applicant);
  const listed = await run('list');
  expect(listed).toContain(`${id}  2026-11-22T04:00:00.000Z  pending_unit_review  9876543210  user`);
  expect(listed).not.toContain(applicant.person.name);
  expect(listed).not.toContain(applicant.person.login_name);
  expect(await run('return', id, '--reviewer', 'demo.manager', '--reason', 'x')).toContain(id);
});

test('SM-03: taking the form begins its review; what may not be done is said with its reason', async () => {
  const applicant = createApplicant(world);
  const id = await apply(world, applicant, 'unit_manager', STATION);
  const agency = ['--reviewer', 'demo.hpa'];
  await expect(run('form', id, ...agency)).rejects.toThrow('not done: form_missing');
  await applicant.lookUp();
  await applicant.upload('form.pdf', PDF);
  expect(Buffer.from(await run('form', id, ...agency), 'base64').equals(PDF)).toBe(true);
  expect(await run('list')).toContain('reviewing');
  expect(Buffer.from(await run('form', id, ...agency), 'base64').equals(PDF)).toBe(true);
  await expect(run('supplement', id, ...agency)).rejects.toThrow('not done: reason_missing');
  await expect(run('approve', id, '--reviewer', 'demo.nurse')).rejects.toThrow('not done: not_responsible');
  expect(await run('approve', id, ...agency)).toContain('approve recorded');
  await expect(run('approve', id, ...agency)).rejects.toThrow('not done: not_pending');
});

test.each([[['approve']], [['approve', 'x', '--reviewer', 'demo.hpa']], [['approve', crypto.randomUUID()]]])(
  'an id and a reviewer are needed: %j',
  async (args) => {
    const [command = '', ...rest] = args;
    await expect(run(command, ...rest)).rejects.toThrow('name one by its id');
  },
);

test('what nobody applied for cannot be decided', async () => {
  await expect(run('approve', crypto.randomUUID(), '--reviewer', 'demo.hpa')).rejects.toThrow('not_found');
});
