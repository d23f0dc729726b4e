import { createApplicant } from './enrollments-applicant.ts';
import { CAPTCHA, HOSPITAL, STATION, type World, openWorld } from './enrollments-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const rowOf = (loginName: string) =>
  world.database.db
    .selectFrom('enrollment')
    .selectAll()
    .where('login_name', '=', loginName)
    .executeTakeFirst();
describe('the way through', () => {
  test('P-09: those with an account are led to sign in, those without to the first step', async () => {
    const { html } = await createApplicant(world).open('/enrollment');
    expect(html).toContain('href="/enrollment/unit"');
    expect(html).toContain('href="/sign-in"');
    expect(html).toContain('href="/enrollment-progress"');
  });

  test('P-10: the steps are shown in order, and none can be skipped', async () => {
    const applicant = createApplicant(world);
    for (const step of ['role', 'person', 'subsystems', 'review']) {
      expect((await applicant.open(`/enrollment/${step}`)).path).toBe('/enrollment');
      if (step !== 'review') expect((await applicant.post(`/enrollment/${step}`)).path).toBe('/enrollment');
    }
    expect((await applicant.post('/enrollment/submission', { captcha: CAPTCHA })).path).toBe('/enrollment');
    const page = await applicant.post('/enrollment/unit', { unit: HOSPITAL });
    expect(page.path).toBe('/enrollment/role');
    expect(page.html.match(/aria-current="step"/g)).toHaveLength(1);
    expect((await applicant.open('/enrollment/subsystems')).path).toBe('/enrollment/role');
    expect((await applicant.post('/enrollment/submission', { captcha: CAPTCHA })).path).toBe(
      '/enrollment/role',
    );
  });

  test('P-11: without scripts: county, then township, then unit; code-name is shown; unknown units are refused', async () => {
    const applicant = createApplicant(world, 'zh-TW');
    const county = await applicant.open('/enrollment/unit?q=&county=10017&town=');
    expect(county.html).toContain('value="10017070"');
    const town = await applicant.open('/enrollment/unit?q=&county=10017&town=10017070');
    expect(town.text).toContain('376570300I -基隆市衛生局');
    const none = await applicant.open('/enrollment/unit?q=nothing&county=&town=');
    expect(none.text).toContain('沒有符合的單位');
    const refused = await applicant.post('/enrollment/unit', { unit: 'XXXXXXXXXX' });
    expect(refused.path).toBe('/enrollment/unit?q=&missing=');
    expect((await applicant.post('/enrollment/unit')).text).toContain('請選擇單位');
  });

  test('P-11: choosing another unit asks for role and subsystems again, and keeps the person', async () => {
    const applicant = createApplicant(world);
    await applicant.fillIn('user');
    expect((await applicant.open('/enrollment/review')).path).toBe('/enrollment/review');
    const code = await applicant.open('/enrollment/unit');
    expect(code.html).toContain(`value="${HOSPITAL}"`);
    await applicant.post('/enrollment/unit', { unit: STATION });
    expect((await applicant.open('/enrollment/review')).path).toBe('/enrollment/role');
    await applicant.post('/enrollment/role', { role: 'unit_manager' });
    expect((await applicant.open('/enrollment/person')).html).toContain(applicant.person.national_id);
  });
});

describe('the role', () => {
  test('P-12: a general user is disabled, with the reason, until the unit has an active manager', async () => {
    const applicant = createApplicant(world);
    const page = await applicant.post('/enrollment/unit', { unit: STATION });
    expect(page.html).toMatch(/value="user" disabled/);
    expect(page.text).toContain('This unit has no manager yet');
    const forced = await applicant.post('/enrollment/role', { role: 'user' });
    expect(forced.path).toBe('/enrollment/role');
    expect(forced.text).toContain('This unit has no manager yet');
    expect((await applicant.post('/enrollment/role', { role: 'unit_manager' })).path).toBe(
      '/enrollment/person',
    );
  });

  test('P-12: where a manager is active both are open; a manager who is disabled does not count', async () => {
    const applicant = createApplicant(world);
    const page = await applicant.post('/enrollment/unit', { unit: HOSPITAL });
    expect(page.html).not.toContain('disabled');
    const setStatus = (status: 'active' | 'disabled') =>
      world.database.db
        .updateTable('account')
        .set({ status })
        .where('login_name', '=', 'demo.manager')
        .execute();
    await setStatus('disabled');
    expect((await applicant.open('/enrollment/role')).html).toMatch(/value="user" disabled/);
    await setStatus('active');
    expect((await applicant.post('/enrollment/role', { role: 'user' })).path).toBe('/enrollment/person');
  });

  test.each(['hpa_admin', 'platform_ops', 'x'])('D15: the role %s cannot be asked for', async (role) => {
    const applicant = createApplicant(world);
    await applicant.post('/enrollment/unit', { unit: HOSPITAL });
    expect((await applicant.post('/enrollment/role', { role })).status).toBe(400);
    expect((await applicant.post('/enrollment/role')).text).toContain('Choose a role');
  });
});

describe('the subsystems', () => {
  const mch = { subsystem: 'mch', 'mch.role': 'mch_user', 'mch.duty': 'medical' };
  const atSubsystems = async () => {
    const applicant = createApplicant(world);
    await applicant.post('/enrollment/unit', { unit: HOSPITAL });
    await applicant.post('/enrollment/role', { role: 'user' });
    await applicant.post('/enrollment/person', applicant.person);
    return applicant;
  };

  test('P-17: a hospital is offered its own duties and their menu roles, no others', async () => {
    const applicant = await atSubsystems();
    const { html } = await applicant.open('/enrollment/subsystems');
    expect(html).toContain('name="mch.menu.medical" value="mi_antenatal"');
    expect(html).not.toContain('hb_edu');
    expect(html).toContain('name="cancer.field.cancers" value="cervical"');
  });

  test('P-17: none is a choice too', async () => {
    const applicant = await atSubsystems();
    expect((await applicant.post('/enrollment/subsystems')).path).toBe('/enrollment/review');
  });

  test('P-17: role, duty, a menu role and the fields a manifest requires are asked for; ticks are kept', async () => {
    const applicant = await atSubsystems();
    const bare = await applicant.post('/enrollment/subsystems', { subsystem: ['mch', 'cancer'] });
    expect(bare.path).toBe('/enrollment/subsystems');
    expect(bare.text).toContain('MCH: choose a role');
    expect(bare.text).toContain('MCH: choose a duty');
    expect(bare.text).toContain('Cancer screening: complete what is asked');
    expect(bare.html).toMatch(/value="mch" id="mch" checked/);
    expect((await applicant.post('/enrollment/subsystems', mch)).text).toContain(
      'tick at least one menu role',
    );
    const whole = await applicant.post('/enrollment/subsystems', {
      ...mch,
      'mch.menu.medical': ['mi_antenatal', 'mi_gbs_lab'],
    });
    expect(whole.path).toBe('/enrollment/review');
    expect(whole.text).toContain('Maternal and Child Health');
  });

  test.each([
    [{ ...mch, 'mch.duty': 'hpa', 'mch.menu.hpa': 'hpa_system' }, 'a duty of another kind of unit'],
    [{ ...mch, 'mch.menu.medical': 'hb_edu' }, 'a menu role of another duty'],
    [{ ...mch, 'mch.role': 'root', 'mch.menu.medical': 'mi_antenatal' }, 'a role nobody declared'],
    [{ subsystem: 'nowhere' }, 'a subsystem that is not there'],
    [
      {
        subsystem: 'cancer',
        'cancer.role': 'ccs_user',
        'cancer.duty': 'medical',
        'cancer.menu.medical': 'ccs_screening',
        'cancer.field.cancers': 'x',
      },
      'an option nobody declared',
    ],
  ])('P-17: hidden values changed are refused: %#', async (fields, _what) => {
    const applicant = await atSubsystems();
    expect((await applicant.post('/enrollment/subsystems', fields)).status).toBe(400);
    expect((await applicant.open('/enrollment/review')).path).toBe('/enrollment/subsystems');
  });
});

describe('a draft', () => {
  test('is found again by its browser, after it was closed, and by no other', async () => {
    const applicant = createApplicant(world);
    await applicant.fillIn();
    const resumed = await applicant.open('/enrollment');
    expect(resumed.text).toContain('not sent yet');
    expect(resumed.html).toContain('href="/enrollment/review"');
    expect((await createApplicant(world).open('/enrollment')).text).not.toContain('not sent yet');
  });

  test('its cookie is HttpOnly, lasts, and cannot be forged or moved', async () => {
    const applicant = createApplicant(world);
    const body = new URLSearchParams({ unit: HOSPITAL });
    const answer = await applicant.ask('/enrollment/unit', { method: 'POST', body }, false);
    const cookie = answer.headers.getSetCookie().find((line) => line.startsWith('idp_enrollment='));
    expect(cookie).toMatch(/HttpOnly; SameSite=Lax/);
    expect(cookie).toMatch(/Max-Age=\d{6,}/);
    const value = applicant.jar.get('idp_enrollment') ?? '';
    for (const forged of [
      `${value.slice(0, -4)}AAAA`,
      'x',
      Buffer.from('{"id":"1"}').toString('base64url'),
    ]) {
      const page = await fetch(new URL('/enrollment/role', world.base), {
        headers: { cookie: `idp_enrollment=${forged}` },
        redirect: 'manual',
      });
      expect(page.headers.get('location')).toBe('/enrollment');
    }
    const elsewhere = await fetch(new URL('/enrollment-progress', world.base), {
      headers: { cookie: `idp_enrollment-visit=${value}` },
    });
    expect(await elsewhere.text()).toContain('name="captcha"');
  });

  test('removed by its person it is gone', async () => {
    const applicant = createApplicant(world);
    await applicant.fillIn();
    await applicant.post('/enrollment/removal');
    expect((await applicant.open('/enrollment/review')).path).toBe('/enrollment');
  });

  test('a foreign page cannot send a form', async () => {
    const answer = await fetch(new URL('/enrollment/unit', world.base), {
      method: 'POST',
      body: new URLSearchParams({ unit: HOSPITAL }),
      headers: { origin: 'https://elsewhere.example' },
    });
    expect(answer.status).toBe(403);
  });
});

test('both languages: nothing of one stands in the other', async () => {
  for (const locale of ['zh-TW', 'en'] as const) {
    const applicant = createApplicant(world, locale);
    const review = await applicant.fillIn('user');
    expect(/\p{Script=Han}/u.test(review.text.replace('中文', '').replace('繁體', ''))).toBe(
      locale === 'zh-TW',
    );
    expect(await rowOf(applicant.person.login_name)).toBeUndefined();
  }
});
