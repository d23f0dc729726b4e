import { recordDecision } from '#idp/enrollments/index.ts';
import { MINUTE, after } from '#kit/clock.ts';
import { apply, createApplicant } from './enrollments-applicant.ts';
import { PDF, PNG } from './enrollments-files.ts';
import { CAPTCHA, HOSPITAL, STATION, type World, openWorld } from './enrollments-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const decide = (id: string, decision: 'approve' | 'return' | 'supplement' | 'review', reason = '') =>
  recordDecision(world.services, { id, reviewerLoginName: 'demo.hpa', decision, reason });

describe('looking up', () => {
  test('P-18: account, password and captcha show status, facts, attachment, reviewers and history', async () => {
    const applicant = createApplicant(world, 'zh-TW');
    await apply(world, applicant);
    const page = await applicant.lookUp();
    expect(page.path).toBe('/enrollment-progress');
    for (const said of [
      '待審核：單位業務管理者',
      '申請日期',
      applicant.person.name,
      `${HOSPITAL}-示範醫院`,
      applicant.person.login_name,
      '上傳附件 無',
      '林示範 (O: 02-12345678)',
      '送出申請',
    ]) {
      expect(page.text).toContain(said);
    }
    expect(page.text).not.toContain(applicant.person.national_id);
  });

  test('D9 P-18: no such application, a wrong password and a locked name get one answer', async () => {
    const known = createApplicant(world);
    await apply(world, known);
    const answers = [
      await known.lookUp('Wrong*Password7x'),
      await known.lookUp('Wrong*Password7x', 'nobody.at.all'),
    ];
    await known.lookUp('Wrong*Password7x');
    await known.lookUp('Wrong*Password7x');
    answers.push(await known.lookUp()); // right, but the name is locked by now
    const said = answers.map(({ html }) => /<div class="error-summary"[\s\S]*?<\/div>/.exec(html)?.[0]);
    expect(said[0]).toContain('Account name or password is wrong');
    expect(new Set(said).size).toBe(1);
  });

  test('P-18: three wrong passwords lock the look-up for 30 minutes, and not the sign-in of that name', async () => {
    const applicant = createApplicant(world);
    await apply(world, applicant);
    for (let time = 0; time < 3; time += 1) await applicant.lookUp('Wrong*Password7x');
    expect((await applicant.lookUp()).text).toContain('wrong');
    const kinds = await world.database.db.selectFrom('attempt_throttle').select('kind').distinct().execute();
    expect(kinds).toEqual([{ kind: 'enrollment' }]);
    const start = world.now.at;
    world.now.at = after(start, 30 * MINUTE);
    expect((await applicant.lookUp()).text).toContain('Waiting for the unit manager');
    world.now.at = start;
  });

  test('P-18: a wrong captcha costs no try and looks at nothing', async () => {
    const applicant = createApplicant(world);
    await apply(world, applicant);
    for (let time = 0; time < 4; time += 1) {
      await applicant.open('/enrollment-progress');
      const page = await applicant.post('/enrollment-progress/proof', {
        account: applicant.person.login_name,
        password: 'x',
        captcha: '00000',
      });
      expect(page.html).toContain('href="#captcha"');
      expect(page.html).toContain(`value="${applicant.person.login_name}"`);
    }
    expect((await applicant.lookUp()).text).toContain('Waiting for the unit manager');
  });

  test('P-18: the look ends by leaving and after 20 minutes; deeds without it do nothing', async () => {
    const applicant = createApplicant(world);
    const id = await apply(world, applicant);
    await applicant.lookUp();
    const start = world.now.at;
    world.now.at = after(start, 20 * MINUTE);
    expect((await applicant.post('/enrollment-progress/withdrawal')).html).toContain('name="captcha"');
    world.now.at = start;
    const stranger = createApplicant(world);
    for (const deed of ['withdrawal', 'correction', 'confirmation']) {
      expect((await stranger.post(`/enrollment-progress/${deed}`, { id })).html).toContain('name="captcha"');
    }
    expect((await stranger.open('/enrollment-progress/scan')).status).toBe(404);
    expect((await stranger.open('/enrollment-progress/form.pdf')).status).toBe(404);
    expect((await applicant.lookUp()).text).toContain('Waiting');
  });

  test('SM-01: withdrawn once, from two browsers at the same time; the name is free again', async () => {
    const applicant = createApplicant(world);
    await apply(world, applicant);
    const other = createApplicant(world);
    await Promise.all([applicant.lookUp(), other.lookUp(undefined, applicant.person.login_name)]);
    const pages = await Promise.all(
      [applicant, other].map((each) => each.post('/enrollment-progress/withdrawal')),
    );
    expect(pages.filter(({ text }) => text.includes('was withdrawn'))).toHaveLength(1);
    expect(pages.filter(({ text }) => text.includes('can no longer be withdrawn'))).toHaveLength(1);
    expect((await decide(crypto.randomUUID(), 'approve')).done).toBe(false);
    await applicant.fillIn();
    expect((await applicant.send()).path).toBe('/enrollment/sent');
  });
});

describe('N03, N05: the paper form', () => {
  test('P-15 SM-03: form, upload, review, supplement, upload, approval: each told to its applicant', async () => {
    const applicant = createApplicant(world);
    const id = await apply(world, applicant, 'unit_manager', STATION);
    const waiting = await applicant.lookUp();
    expect(waiting.text).toContain('Waiting for the sealed form');
    expect(waiting.text).toContain('2–3 working days');
    expect(await decide(id, 'approve')).toEqual({ done: false, reason: 'form_missing' });
    expect(await decide(id, 'supplement', 'x')).toEqual({ done: false, reason: 'form_missing' });

    expect((await applicant.upload('sealed form.png', PNG)).text).toContain('The form has arrived');
    expect(await decide(id, 'review')).toEqual({ done: true });
    expect((await applicant.open('/enrollment-progress')).text).toContain('is being reviewed');
    expect((await applicant.upload('late.png', PNG)).text).toContain('No attachment can be taken');
    expect(await decide(id, 'supplement', 'The seal cannot be read')).toEqual({ done: true });
    const supplement = await applicant.open('/enrollment-progress');
    expect(supplement.text).toContain('The seal cannot be read');
    expect(await decide(id, 'approve')).toEqual({ done: false, reason: 'form_missing' });
    world.now.at = after(world.now.at, MINUTE);
    await applicant.upload('better.pdf', PDF);
    expect(await decide(id, 'approve')).toEqual({ done: true });
    expect((await applicant.open('/enrollment-progress')).text).toContain('the account is active');
    expect((await applicant.open('/enrollment-progress')).text).toContain('better.pdf');
    expect((await applicant.open('/enrollment-progress/scan')).status).toBe(404);

    const letters = (await world.letters()).filter(({ to }) => to === applicant.person.email);
    expect(letters.map(({ kind }) => kind)).toEqual([
      'confirm_address',
      'N01',
      'N05',
      'N05',
      'N05',
      'N05',
      'N03',
    ]);
    const account = await world.database.db
      .selectFrom('account')
      .select('role')
      .where('login_name', '=', applicant.person.login_name)
      .executeTakeFirstOrThrow();
    expect(account.role).toBe('unit_manager');
  });

  test('P-15: the unit manager of the unit cannot approve another manager; the agency does', async () => {
    const applicant = createApplicant(world);
    const id = await apply(world, applicant, 'unit_manager', HOSPITAL);
    await applicant.lookUp();
    await applicant.upload('form.pdf', PDF);
    const asked = { id, reviewerLoginName: 'demo.manager', decision: 'approve' as const, reason: '' };
    expect(await recordDecision(world.services, asked)).toEqual({ done: false, reason: 'not_responsible' });
  });

  test('P-15: a general user has no form', async () => {
    const applicant = createApplicant(world);
    await apply(world, applicant);
    await applicant.lookUp();
    expect((await applicant.open('/enrollment-progress/form.pdf')).status).toBe(404);
    expect((await applicant.upload('form.png', PNG)).text).toContain('No attachment can be taken');
  });
});

test('a captcha is an image and a sound of this visit', async () => {
  const applicant = createApplicant(world);
  await applicant.open('/enrollment-progress');
  expect((await applicant.open('/enrollment-progress/captcha.png')).headers.get('content-type')).toBe(
    'image/png',
  );
  expect((await applicant.open('/enrollment-progress/captcha.wav')).headers.get('content-type')).toBe(
    'audio/wav',
  );
  expect((await createApplicant(world).open('/enrollment-progress/captcha.png')).status).toBe(404);
  const renewed = await applicant.post('/enrollment-progress/captcha', { account: 'kept.name' });
  expect(renewed.html).toContain('value="kept.name"');
  await applicant.fillIn();
  await applicant.open('/enrollment/review');
  expect((await applicant.open('/enrollment/captcha.png')).status).toBe(200);
  await applicant.post('/enrollment/captcha');
  expect((await applicant.post('/enrollment/submission', { captcha: CAPTCHA })).path).toBe(
    '/enrollment/sent',
  );
});
