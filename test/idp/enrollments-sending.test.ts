import { createHash } from 'node:crypto';
import { recordDecision } from '#idp/enrollments/index.ts';
import { DAY, after } from '#kit/clock.ts';
import { type Applicant, apply, confirm, createApplicant, linkTo } from './enrollments-applicant.ts';
import { CAPTCHA, STATION, type World, openWorld } from './enrollments-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const statusOf = async (applicant: Applicant) =>
  (
    await world.database.db
      .selectFrom('enrollment')
      .select('status')
      .where('login_name', '=', applicant.person.login_name)
      .execute()
  ).map(({ status }) => status);
const approve = (id: string) =>
  recordDecision(world.services, { id, reviewerLoginName: 'demo.manager', decision: 'approve', reason: '' });
const lettersTo = async (address: string) =>
  (await world.letters()).filter(({ to }) => to === address).map(({ kind }) => kind);

describe('sending', () => {
  test('SM-01: a wrong captcha sends nothing and keeps everything; the right one sends once, in two tabs too', async () => {
    const applicant = createApplicant(world);
    await applicant.fillIn();
    await applicant.open('/enrollment/review');
    const wrong = await applicant.post('/enrollment/submission', { captcha: '00000' });
    expect(wrong.path).toBe('/enrollment/review');
    expect(wrong.html).toContain('href="#captcha"');
    const sent = await applicant.post('/enrollment/submission', { captcha: CAPTCHA });
    expect(sent.path).toBe('/enrollment/sent');
    expect((await applicant.post('/enrollment/submission', { captcha: CAPTCHA })).path).toBe('/enrollment');
    expect(await statusOf(applicant)).toEqual(['unconfirmed']);
    expect((await applicant.open('/enrollment/person')).path).toBe('/enrollment');
  });

  test('SM-01: of two applications sent at once under one name, one is sent', async () => {
    const [a, b] = [createApplicant(world), createApplicant(world)];
    b.person.login_name = a.person.login_name.toUpperCase();
    await Promise.all([a.fillIn(), b.fillIn()]);
    const answers = await Promise.all([a.send(), b.send()]);
    expect(answers.map(({ path }) => path).sort()).toEqual(['/enrollment/person', '/enrollment/sent']);
    expect(answers.find(({ path }) => path === '/enrollment/person')?.text).toContain('in use');
  });

  test('D9 SM-01: that a name is taken is told only behind the captcha, for accounts and applications alike', async () => {
    const applicant = createApplicant(world);
    applicant.person.login_name = 'demo.nurse';
    expect((await applicant.fillIn()).path).toBe('/enrollment/review');
    const refused = await applicant.send();
    expect(refused.path).toBe('/enrollment/person');
    expect(refused.html).toContain('href="#login_name"');
    await applicant.post('/enrollment/person', { ...applicant.person, login_name: 'demo.nurse.two' });
    expect((await applicant.send()).path).toBe('/enrollment/sent');
  });

  test('SM-01: a person active at the unit cannot apply there again, but elsewhere', async () => {
    const first = createApplicant(world);
    await approve(await apply(world, first));
    const again = createApplicant(world);
    again.person.national_id = first.person.national_id;
    await again.fillIn();
    expect((await again.send()).text).toContain('already have an account or a pending application');
    await again.fillIn('unit_manager', STATION);
    expect((await again.send()).path).toBe('/enrollment/sent');
  });

  test('P-12: a unit that lost its manager meanwhile takes no general user', async () => {
    const applicant = createApplicant(world);
    await applicant.fillIn();
    const setStatus = (status: 'active' | 'disabled') =>
      world.database.db
        .updateTable('account')
        .set({ status })
        .where('login_name', '=', 'demo.manager')
        .execute();
    await setStatus('disabled');
    const refused = await applicant.send();
    await setStatus('active');
    expect(refused.path).toBe('/enrollment/role');
    expect(refused.text).toContain('no manager yet');
  });
});

describe('the link in the mail', () => {
  test('N01 N02: only the confirmed application reaches reviewers, who are told with the applicant', async () => {
    const applicant = createApplicant(world);
    await applicant.fillIn();
    await applicant.send();
    expect(await lettersTo(applicant.person.email)).toEqual(['confirm_address']);
    const before = (await lettersTo('demo.manager@example.test')).length;
    const link = await linkTo(world, applicant.person.email);
    const looked = await applicant.open(link.slice(world.base.length));
    expect(looked.html).toContain('method="post"');
    expect(await statusOf(applicant)).toEqual(['unconfirmed']);
    expect((await confirm(world, applicant)).text).toContain('under way');
    expect(await statusOf(applicant)).toEqual(['pending_unit_review']);
    expect(await lettersTo(applicant.person.email)).toEqual(['confirm_address', 'N01']);
    expect((await lettersTo('demo.manager@example.test')).length).toBe(before + 1);
    const told = await world.database.db
      .selectFrom('message')
      .innerJoin('account', 'account.id', 'message.account_id')
      .select(['login_name', 'subject_zh', 'subject_en'])
      .execute();
    expect(told).toContainEqual({
      ...{ login_name: 'demo.manager', subject_zh: '審核信件通知!' },
      subject_en: 'An application is waiting for your review',
    });
  });

  test('D24: it works once, from another browser too, and its token is not kept', async () => {
    const applicant = createApplicant(world);
    await applicant.fillIn();
    await applicant.send();
    const token = new URL(await linkTo(world, applicant.person.email)).searchParams.get('token') ?? '';
    const rows = await world.database.db.selectFrom('enrollment').select('confirm_digest').execute();
    expect(rows.some((row) => row.confirm_digest?.equals(createHash('sha256').update(token).digest()))).toBe(
      true,
    );
    const presses = await Promise.all(
      [1, 2, 3, 4, 5].map(() => createApplicant(world).post('/enrollment/confirmation', { token })),
    );
    expect(presses.filter(({ text }) => text.includes('under way'))).toHaveLength(1);
    expect(presses.filter(({ text }) => text.includes('no longer good'))).toHaveLength(4);
    expect(await lettersTo(applicant.person.email)).toEqual(['confirm_address', 'N01']);
  });

  test('D24: it ends after 24 hours to the second; a new one makes it void', async () => {
    const applicant = createApplicant(world);
    await applicant.fillIn();
    await applicant.send();
    const old = await linkTo(world, applicant.person.email);
    const start = world.now.at;
    world.now.at = after(start, DAY);
    expect((await confirm(world, applicant)).text).toContain('no longer good');
    await applicant.lookUp();
    expect((await applicant.post('/enrollment-progress/confirmation')).text).toContain(
      'A new link is on its way',
    );
    expect((await applicant.post('/enrollment-progress/confirmation')).text).toContain(
      'try again in a minute',
    );
    const token = new URL(old).searchParams.get('token') ?? '';
    expect((await applicant.post('/enrollment/confirmation', { token })).text).toContain('no longer good');
    expect((await confirm(world, applicant)).text).toContain('under way');
    world.now.at = start;
  });

  test('a token that is none leads nowhere', async () => {
    for (const token of ['', 'x', '%00', 'a'.repeat(5000)]) {
      expect((await createApplicant(world).post('/enrollment/confirmation', { token })).text).toContain(
        'no longer good',
      );
    }
  });
});
