import { createApplicant } from './enrollments-applicant.ts';
import { HOSPITAL, PASSWORD, type World, openWorld } from './enrollments-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const newest = () =>
  world.database.db
    .selectFrom('enrollment')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('updated_at', 'desc')
    .execute()
    .then((rows) => rows);

describe('the person', () => {
  const atPerson = async () => {
    const applicant = createApplicant(world);
    await applicant.post('/enrollment/unit', { unit: HOSPITAL });
    await applicant.post('/enrollment/role', { role: 'user' });
    return applicant;
  };

  test.each([
    ['login_name', 'abc'],
    ['login_name', 'A123456789'],
    ['national_id', 'D200000000'],
    ['national_id', ''],
    ['name', 'Wang 2'],
    ['name', ''],
    ['title', ''],
    ['phone', '0212345678'],
    ['spare_phone', '1'],
    ['mobile', '0912345678'],
    ['email', 'nobody'],
    ['email', 'a@b.example\r\nBcc: c@d.example'],
    ['spare_email', 'x'],
  ])('P-16: %s refuses %j, says so at the field, and keeps the rest', async (field, value) => {
    const applicant = await atPerson();
    const page = await applicant.post('/enrollment/person', { ...applicant.person, [field]: value });
    expect(page.path).toBe('/enrollment/person');
    expect(page.html).toContain(`href="#${field}"`);
    expect(page.html).toMatch(new RegExp(`id="${field}"[^>]*aria-invalid="true"`));
    expect(page.html).toContain('02-12345678#1234'.slice(0, field === 'phone' ? 0 : undefined));
    expect(page.html).not.toContain(PASSWORD);
    expect((await applicant.open('/enrollment/review')).path).toBe('/enrollment/person');
  });

  test('P-16: the other address must differ from the first', async () => {
    const applicant = await atPerson();
    const { email } = applicant.person;
    const page = await applicant.post('/enrollment/person', {
      ...applicant.person,
      spare_email: email.toUpperCase(),
    });
    expect(page.text).toContain('must differ');
  });

  test.each([
    ['Short*7Lamp', 'too short'],
    ['nouppercase*7lamp', 'no upper case'],
    ['NoDigits*BoatLamp', 'no digit'],
    ['NoSymbol7BoatLamp', 'no sign'],
    ['Sturdy-Boat7Lamp*', 'a sign that is not allowed'],
    ['Sturdy*Boat123Lamp', 'three that run on'],
    ['Sturdy*Boaaat7Lamp', 'three alike'],
    [`A${'b*7C'.repeat(32)}`, 'over 128 characters'],
  ])('D1 D2 P-16: the password %j is refused (%s)', async (password) => {
    const applicant = await atPerson();
    const typed = { ...applicant.person, new_password: password, repeat_password: password };
    const page = await applicant.post('/enrollment/person', typed);
    expect(page.path).toBe('/enrollment/person');
    expect(page.html).toContain('href="#new_password"');
    expect(page.html).not.toContain(password);
  });

  test('D2: a password of a megabyte is refused at once, and nothing is hashed', async () => {
    const applicant = await atPerson();
    const huge = 'Ab*7'.repeat(256 * 1024);
    const typed = { ...applicant.person, new_password: huge, repeat_password: huge };
    const startedAt = performance.now();
    expect((await applicant.post('/enrollment/person', typed)).status).toBe(413);
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  test('D3: a password with the own account name or ID number is refused', async () => {
    const applicant = await atPerson();
    for (const part of [applicant.person.login_name.replace('.', ''), applicant.person.national_id]) {
      const login = part === applicant.person.national_id ? applicant.person.login_name : part;
      const password = `Ox*7${part}Qz`;
      const typed = {
        ...applicant.person,
        login_name: login,
        new_password: password,
        repeat_password: password,
      };
      expect((await applicant.post('/enrollment/person', typed)).html).toContain('href="#new_password"');
    }
  });

  test('P-16: both passwords must agree', async () => {
    const applicant = await atPerson();
    const page = await applicant.post('/enrollment/person', { ...applicant.person, repeat_password: 'x' });
    expect(page.html).toContain('href="#repeat_password"');
  });

  test('P-16: an accepted password is hashed at once, never shown again, and need not be typed again', async () => {
    const applicant = await atPerson();
    const half = await applicant.post('/enrollment/person', { ...applicant.person, name: '' });
    expect(half.text).toContain('The password is set');
    const without = { ...applicant.person, new_password: '', repeat_password: '', name: '' };
    expect((await applicant.post('/enrollment/person', without)).html).not.toContain('href="#new_password"');
    const rows = JSON.stringify(await newest());
    expect(rows).not.toContain(PASSWORD);
    expect(rows).toContain('$argon2id$');
  });

  test('D3: a new account name asks for the password again, because it must not contain it', async () => {
    const applicant = await atPerson();
    await applicant.post('/enrollment/person', applicant.person);
    const changed = { ...applicant.person, login_name: 'other.name', new_password: '', repeat_password: '' };
    expect((await applicant.post('/enrollment/person', changed)).html).toContain('href="#new_password"');
  });

  test('what was typed is sealed at rest: neither ID number nor address stands in the table', async () => {
    const applicant = await atPerson();
    await applicant.post('/enrollment/person', { ...applicant.person, title: '' });
    const rows = await newest();
    const text = rows
      .map((row) =>
        Object.values(row)
          .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : JSON.stringify(value)))
          .join(' '),
      )
      .join(' ');
    expect(text).not.toContain(applicant.person.national_id);
    expect(text).not.toContain(applicant.person.email);
  });
});
