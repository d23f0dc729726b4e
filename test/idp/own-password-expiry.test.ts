import { warnOfExpiry } from '#idp/password-change/index.ts';
import { warningDue } from '#idp/password-change/policy.ts';
import { openContent } from '#idp/notifications/service.ts';
import { DAY, MINUTE, after } from '#kit/clock.ts';
import { createApplicant } from './enrollments-applicant.ts';
import { asks, enter } from './recovery-steps.ts';
import { NEW_PASSWORD, OLD_PASSWORD, type RecoveryWorld, openRecoveryWorld } from './recovery-world.ts';
import { insertPerson, keyring, openTestDatabase, type TestDatabase } from './sign-in-people.ts';

const changedAt = new Date('2026-01-15T04:00:00Z');
const expiresAt = new Date('2026-04-15T04:00:00Z');
const before = (days: number, ms = 0): Date => after(expiresAt, -days * DAY + ms);

describe('N09: which warning of a password’s end is due', () => {
  it.each([
    [before(15), undefined],
    [before(14, -MINUTE), undefined],
    [before(14), { warning: 14, daysLeft: 14 }],
    [before(10), { warning: 14, daysLeft: 10 }],
    [before(7), { warning: 7, daysLeft: 7 }],
    [before(2), { warning: 7, daysLeft: 2 }],
    [before(1), { warning: 1, daysLeft: 1 }],
    [before(0, -MINUTE), { warning: 1, daysLeft: 1 }],
    [before(0), undefined],
  ])('at %s: %j', (now, due) => {
    expect(warningDue(changedAt, 'deck', now)).toEqual(due);
    expect(warningDue(changedAt, 'nist', now)).toBeUndefined();
  });
});

describe('N09: the mail before a password expires', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
    const { db } = database;
    for (const [loginName, at] of [
      ['near', changedAt],
      ['young', after(changedAt, 30 * DAY)],
      ['gone', changedAt],
    ] as const) {
      const status = loginName === 'gone' ? 'disabled' : 'active';
      const accountId = await insertPerson(db, { loginName, status });
      await db
        .insertInto('password_credential')
        .values({ account_id: accountId, hash: '-', changed_at: at, must_change: false })
        .execute();
    }
  });
  afterAll(() => database.close());

  const run = (now: Date, rules: 'deck' | 'nist' = 'deck') =>
    warnOfExpiry({
      db: database.db,
      clock: () => now,
      keyring,
      rules,
      issuer: 'https://portal.example.test',
    });
  const mails = async () => {
    const rows = await database.db.selectFrom('mail_message').selectAll().orderBy('id').execute();
    return rows.map((row) => openContent(keyring, row.content_sealed ?? Buffer.alloc(0), row.dedupe_key));
  };

  it('goes to whom it concerns at 14, 7 and 1 days, once each, from however many replicas', async () => {
    await run(before(20));
    await run(before(14), 'nist');
    expect(await mails()).toEqual([]);
    for (const days of [14, 13, 7, 7, 3, 1]) await Promise.all([run(before(days)), run(before(days))]);
    await run(before(-1));
    const found = await mails();
    expect(found.map(({ address, params }) => [address, params['days']])).toEqual([
      ['near@example.test', 14],
      ['near@example.test', 7],
      ['near@example.test', 1],
    ]);
    expect(found[0]?.params['url']).toBe('https://portal.example.test/account/password');
  });
});

describe('N09: the notice before a password expires', () => {
  let world: RecoveryWorld;
  beforeAll(async () => {
    world = await openRecoveryWorld();
    await world.addPerson({ loginName: 'soon' }, 80);
    await world.addPerson({ loginName: 'late' }, 30);
  });
  afterAll(() => world.close());

  it('stands above every page of the portal, leads to the page that changes it, and goes with the change', async () => {
    const journey = world.browse();
    await enter(world, journey, 'soon');
    const page = await journey.open(`${world.issuer}/account/sessions`);
    expect(page.text).toMatch(/Your password expires within (9|1[0-4]) days\./);
    expect(page.html).toMatch(/<a href="\/account\/password">Change password<\/a>/);
    const form = await journey.open(`${world.issuer}/account/password`);
    expect(form.text).not.toContain('expires within');
    await journey.submit(asks('current_password'), {
      current_password: OLD_PASSWORD,
      new_password: NEW_PASSWORD,
      repeat_password: NEW_PASSWORD,
    });
    expect((await journey.open(world.issuer)).text).not.toContain('expires within');
  });

  it('is not shown before, nor to whoever is not signed in', async () => {
    const journey = world.browse();
    expect((await journey.open(world.issuer)).text).not.toContain('expires within');
    await enter(world, journey, 'late');
    expect((await journey.open(world.issuer)).text).not.toContain('expires within');
  });
});

describe('P-16: the rules a page shows', () => {
  it('are those of the profile in force', async () => {
    const world = await openRecoveryWorld({ PASSWORD_POLICY: 'nist' });
    try {
      await world.addPerson({ loginName: 'long' }, 400);
      const journey = world.browse();
      await enter(world, journey, 'long');
      const page = await journey.open(`${world.issuer}/account/password`);
      expect(page.text).toContain('15 characters or more');
      expect(page.text).toContain('known from a data leak');
      expect(page.text).not.toMatch(/12 characters|capital letter|expires within/);
      const send = (password: string) =>
        journey.submit(asks('current_password'), {
          current_password: OLD_PASSWORD,
          new_password: password,
          repeat_password: password,
        });
      expect((await send('Short*2026')).text).toContain('does not follow the rules listed below');
      expect((await send('a boat on the quiet lake')).url.search).toBe('?done=changed');
      const applicant = createApplicant({ base: world.issuer });
      await applicant.post('/enrollment/unit', { unit: '0000000001' });
      await applicant.post('/enrollment/role', { role: 'unit_manager' });
      expect((await applicant.open('/enrollment/person')).text).toContain('15 characters or more');
    } finally {
      await world.close();
    }
  });
});
