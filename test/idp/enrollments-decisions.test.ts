import { openNationalId } from '#idp/accounts/index.ts';
import { type Decision, expireEnrollments, recordDecision } from '#idp/enrollments/index.ts';
import { DAY, after } from '#kit/clock.ts';
import { apply, confirm, createApplicant } from './enrollments-applicant.ts';
import { HOSPITAL, PASSWORD, type World, openWorld } from './enrollments-world.ts';
import { keyring } from './sign-in-people.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const enrollmentOf = (id: string) =>
  world.database.db.selectFrom('enrollment').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const accountOf = (loginName: string) =>
  world.database.db.selectFrom('account').selectAll().where('login_name', '=', loginName).executeTakeFirst();
const decide = (id: string, reviewerLoginName: string, decision: Decision = 'approve', reason = '') =>
  recordDecision(world.services, { id, reviewerLoginName, decision, reason });
const lettersTo = async (address: string) =>
  (await world.letters()).filter(({ to }) => to === address).map(({ kind }) => kind);

describe('P-17, P-18, P-19: deciding', () => {
  test('SM-01 N03: the unit manager approves: account, password, sealed ID, subsystem requests, mail, audit', async () => {
    const applicant = createApplicant(world);
    const id = await apply(world, applicant, 'user', HOSPITAL, {
      subsystem: ['mch', 'cancer'],
      'mch.role': 'mch_user',
      'mch.duty': 'medical',
      'mch.menu.medical': ['mi_antenatal', 'mi_preterm'],
      'cancer.role': 'ccs_user',
      'cancer.duty': 'medical',
      'cancer.menu.medical': 'ccs_screening',
      'cancer.field.cancers': ['cervical', 'oral'],
    });
    expect(await decide(id, 'demo.manager')).toEqual({ done: true });
    const account = await accountOf(applicant.person.login_name);
    expect(account).toMatchObject({
      role: 'user',
      status: 'active',
      unit_code: HOSPITAL,
      mobile: '0912-345678',
      name: 'Sample Wang',
    });
    expect(account?.person_no).toMatch(/^1\d{7}$/);
    expect(openNationalId(keyring, account?.national_id_sealed ?? Buffer.alloc(0), account?.id ?? '')).toBe(
      applicant.person.national_id,
    );
    const { db } = world.database;
    const credential = await db
      .selectFrom('password_credential')
      .selectAll()
      .where('account_id', '=', account?.id ?? '')
      .executeTakeFirstOrThrow();
    expect(await world.services.hasher.verify(credential.hash, PASSWORD)).toBe(true);
    expect(credential.must_change).toBe(false);
    const requests = await db
      .selectFrom('subsystem_request')
      .selectAll()
      .where('account_id', '=', account?.id ?? '')
      .orderBy('subsystem_code')
      .execute();
    expect(requests).toMatchObject([
      {
        subsystem_code: 'cancer',
        status: 'submitted',
        chain: ['unit_manager', 'subsystem_manager'],
        waits_for: 'unit_manager',
        level: 'own',
        menu_roles: ['ccs_screening'],
        fields: { cancers: ['cervical', 'oral'] },
      },
      {
        subsystem_code: 'mch',
        role: 'mch_user',
        duty: 'medical',
        menu_roles: ['mi_antenatal', 'mi_preterm'],
      },
    ]);
    expect(await lettersTo(applicant.person.email)).toEqual(['confirm_address', 'N01', 'N03']);
    const audit = await db
      .selectFrom('audit_event')
      .selectAll()
      .where('type', '=', 'enrollment.approved')
      .where('account_id', '=', account?.id ?? '')
      .execute();
    expect(audit).toHaveLength(1);
    expect(JSON.stringify(audit)).not.toContain(applicant.person.national_id);
  });

  test('SM-01: five simultaneous approvals open one account; four are told that nothing is pending', async () => {
    const applicant = createApplicant(world);
    const id = await apply(world, applicant);
    const reviewers = ['demo.manager', 'demo.hpa', 'demo.ops', 'demo.manager', 'demo.hpa'];
    const outcomes = await Promise.all(reviewers.map((reviewer) => decide(id, reviewer)));
    expect(outcomes.filter(({ done }) => done)).toHaveLength(1);
    expect(outcomes.filter((outcome) => !outcome.done && outcome.reason === 'not_pending')).toHaveLength(4);
    const { db } = world.database;
    const audit = await db
      .selectFrom('audit_event')
      .select('details')
      .where('type', '=', 'enrollment.approved')
      .execute();
    expect(audit.filter(({ details }) => details['enrollment'] === id)).toHaveLength(1);
    expect((await lettersTo(applicant.person.email)).filter((kind) => kind === 'N03')).toHaveLength(1);
  });

  test('SM-01: approved and withdrawn at the same moment: one of the two happens', async () => {
    for (let round = 0; round < 5; round += 1) {
      const applicant = createApplicant(world);
      const id = await apply(world, applicant);
      await applicant.lookUp();
      const [decided, page] = await Promise.all([
        decide(id, 'demo.manager'),
        applicant.post('/enrollment-progress/withdrawal'),
      ]);
      const { status } = await enrollmentOf(id);
      expect(status).toBe(decided.done ? 'active' : 'withdrawn');
      expect(page.text.includes('can no longer be withdrawn')).toBe(decided.done);
      expect((await accountOf(applicant.person.login_name)) !== undefined).toBe(decided.done);
    }
  });

  test('SM-01: nobody decides about themself, about another unit, or without being a reviewer', async () => {
    const own = createApplicant(world);
    const manager = await accountOf('demo.hpa');
    const id = await apply(world, own);
    await world.database.db
      .updateTable('enrollment')
      .set({ national_id_index: manager?.national_id_index ?? null })
      .where('id', '=', id)
      .execute();
    expect(await decide(id, 'demo.hpa')).toEqual({ done: false, reason: 'own_enrollment' });
    expect(await decide(id, 'demo.bureau')).toEqual({ done: false, reason: 'not_responsible' });
    expect(await decide(id, 'demo.nurse')).toEqual({ done: false, reason: 'not_responsible' });
    expect(await decide(id, 'nobody.here')).toEqual({ done: false, reason: 'reviewer_unavailable' });
    expect(await decide(crypto.randomUUID(), 'demo.hpa')).toEqual({ done: false, reason: 'not_found' });
    expect((await enrollmentOf(id)).status).toBe('pending_unit_review');
  });

  test('SM-01 N03: a return needs a reason; its person corrects and sends again without a new proof of address', async () => {
    const applicant = createApplicant(world);
    const id = await apply(world, applicant);
    expect(await decide(id, 'demo.manager', 'return', ' ')).toEqual({
      done: false,
      reason: 'reason_missing',
    });
    expect(await decide(id, 'demo.manager', 'return', 'Give your job title')).toEqual({ done: true });
    expect(await lettersTo(applicant.person.email)).toEqual(['confirm_address', 'N01', 'N03']);
    const seen = await applicant.lookUp();
    expect(seen.text).toContain('Returned');
    expect(seen.text).toContain('Give your job title');
    const corrected = await applicant.post('/enrollment-progress/correction');
    expect(corrected.path).toBe('/enrollment/person');
    expect(corrected.html).toContain(applicant.person.national_id);
    const kept = { ...applicant.person, title: 'Head nurse', new_password: '', repeat_password: '' };
    expect((await applicant.post('/enrollment/person', kept)).path).toBe('/enrollment/subsystems');
    expect((await applicant.send()).path).toBe('/enrollment/sent');
    expect((await enrollmentOf(id)).status).toBe('pending_unit_review');
    expect(await decide(id, 'demo.manager')).toEqual({ done: true });
    expect((await accountOf(applicant.person.login_name))?.title).toBe('Head nurse');
  });

  test('SM-01: a correction with another address proves that one first', async () => {
    const applicant = createApplicant(world);
    const id = await apply(world, applicant);
    await decide(id, 'demo.manager', 'return', 'Which address?');
    await applicant.lookUp();
    await applicant.post('/enrollment-progress/correction');
    applicant.person.email = 'another@hospital.example';
    await applicant.post('/enrollment/person', {
      ...applicant.person,
      new_password: '',
      repeat_password: '',
    });
    await applicant.send();
    expect((await enrollmentOf(id)).status).toBe('unconfirmed');
    await confirm(world, applicant);
    expect((await enrollmentOf(id)).status).toBe('pending_unit_review');
  });

  test('SM-01: a unit has no more managers than its quota, however many are approved at once', async () => {
    const { db } = world.database;
    const candidates = [createApplicant(world), createApplicant(world), createApplicant(world)];
    const ids: string[] = [];
    for (const candidate of candidates) ids.push(await apply(world, candidate, 'unit_manager'));
    await db.updateTable('enrollment').set({ paper: 'uploaded' }).where('id', 'in', ids).execute();
    const outcomes = await Promise.all(ids.map((id) => decide(id, 'demo.hpa')));
    expect(outcomes.filter(({ done }) => done)).toHaveLength(1);
    expect(
      outcomes.filter((outcome) => !outcome.done && outcome.reason === 'manager_quota_full'),
    ).toHaveLength(2);
  });
});

describe('what lies still', () => {
  test('SM-01: pending after 30 days expired, a draft after 7 gone; ended ones forget their person after 30 more', async () => {
    const start = world.now.at;
    const [waiting, draft] = [createApplicant(world), createApplicant(world)];
    const id = await apply(world, waiting);
    await draft.fillIn();
    world.now.at = after(start, 8 * DAY);
    await expireEnrollments(world.services);
    expect((await draft.open('/enrollment/review')).path).toBe('/enrollment');
    expect((await enrollmentOf(id)).status).toBe('pending_unit_review');
    world.now.at = after(start, 30 * DAY);
    await Promise.all([expireEnrollments(world.services), expireEnrollments(world.services)]);
    expect((await enrollmentOf(id)).status).toBe('expired');
    expect(await decide(id, 'demo.manager')).toEqual({ done: false, reason: 'not_pending' });
    const events = await world.database.db
      .selectFrom('enrollment_event')
      .select('status')
      .where('enrollment_id', '=', id)
      .where('status', '=', 'expired')
      .execute();
    expect(events).toHaveLength(1);
    world.now.at = after(start, 61 * DAY);
    await expireEnrollments(world.services);
    expect(await enrollmentOf(id)).toMatchObject({ personal_sealed: null, password_hash: null });
    world.now.at = start;
  });
});
