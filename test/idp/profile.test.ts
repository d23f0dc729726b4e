import { randomBytes } from 'node:crypto';
import { openNationalId } from '#idp/accounts/index.ts';
import { maskNationalId, profileProblems } from '#idp/profile/policy.ts';
import { createKeyring } from '#kit/keyring.ts';
import { digest } from '#kit/random.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { browserOf } from '../support/relying-party.ts';
import { MCH_OF_NEW, PAGE as BINDINGS, RIGHT, lastAudit } from './bindings-support.ts';

const PAGE = '/account/profile';
const GOOD = {
  title: '護理長',
  phone: '02-12345678#1234',
  sparePhone: '',
  unitPhone: '037-123456',
  mobile: '0912-345678',
  spareEmail: '',
};

describe('what a person may change of their own account', () => {
  it.each([
    [{}, []],
    [{ title: '' }, ['title title-required']],
    [{ title: '長'.repeat(41) }, ['title title-invalid']],
    [{ title: '<b>' }, ['title title-invalid']],
    [{ phone: '' }, ['phone phone-invalid']],
    [{ phone: '0912-345678' }, ['phone phone-invalid']],
    [{ phone: '02-12345678#1234567' }, ['phone phone-invalid']],
    [{ sparePhone: '01-12345678' }, ['sparePhone phone-invalid']],
    [{ mobile: '0912345678' }, ['mobile mobile-invalid']],
    [{ spareEmail: 'x' }, ['spareEmail email-invalid']],
    [{ spareEmail: 'ME@example.test' }, ['spareEmail email-same']],
  ])('P-23: of %j says %j', (changes, problems) => {
    const found = profileProblems({ ...GOOD, ...changes }, 'me@example.test');
    expect(found.map(({ field, reason }) => `${field} ${reason}`)).toEqual(problems);
  });

  it('P-23: shows an ID number masked', () => {
    expect(maskNationalId('A123456789')).toBe('A12****789');
  });
});

describe('the profile', () => {
  let world: IdpWorld;
  let someone: Journey;
  beforeAll(async () => {
    world = await startIdpWorld();
    someone = await portalOf(world, 'demo.new');
  });
  afterAll(() => world.stop());

  const open = (path = '') => someone.open(world.issuer + PAGE + path);
  const accountOf = async (loginName: string) => {
    const people = world.database.db.selectFrom('account').selectAll();
    return people.where('login_name', '=', loginName).executeTakeFirstOrThrow();
  };
  const save = (fields: Record<string, string>) =>
    someone.submit((form) => 'spare_email' in form.fields, fields);
  const keyring = createKeyring(Buffer.alloc(32, 7).toString('base64'));
  /** The link of the newest mail to confirm an address, opened as the outbox keeps it. */
  const mailedLink = async (): Promise<string> => {
    const mail = await world.database.db
      .selectFrom('mail_message')
      .selectAll()
      .where('kind', '=', 'confirm_address')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    const sealed = mail.content_sealed ?? Buffer.alloc(0);
    const content = JSON.parse(keyring.open('mail', sealed, mail.dedupe_key).toString()) as {
      params: { url: string };
    };
    return content.params.url;
  };

  it('P-23: shows everything, the ID number masked, and changes title and telephones', async () => {
    const page = await open();
    for (const text of ['demo.new', '周示範', '9876543210 示範醫院', 'demo.new@example.test']) {
      expect(page.text).toContain(text);
    }
    expect(page.text).toMatch(/[A-Z]2\d\*{4}\d{3}/);
    expect(page.html).not.toMatch(/[A-Z]2\d{8}/);
    const wrong = await save({ title: '助產組長', phone: '12', mobile: '0900-1' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('電話格式不正確');
    expect(wrong.text).toContain('手機格式不正確');
    expect(wrong.html).toContain('value="助產組長"');
    const done = await save({
      title: '助產組長',
      phone: '０２-５５５０１２３４',
      mobile: '0912-345678',
      spare_email: '',
    });
    expect(done.text).toContain('已儲存');
    expect(await accountOf('demo.new')).toMatchObject({
      title: '助產組長',
      phone: '02-55501234',
      mobile: '0912-345678',
    });
    expect((await lastAudit(world, 'profile.changed'))?.details).toEqual({
      fields: ['title', 'phone', 'mobile'],
    });
  });

  it('D15: changes nothing else, whatever else is sent', async () => {
    const before = await accountOf('demo.new');
    const answer = await forgeForm(world, someone, PAGE, {
      title: '助產師',
      phone: '02-55501234',
      spare_phone: '',
      unit_phone: '',
      mobile: '',
      spare_email: '',
      role: 'platform_ops',
      name: '別人',
      login_name: 'demo.ops',
      unit_code: 'A21040000I',
      status: 'disabled',
      email: 'x@example.test',
      national_id: 'A123456789',
      national_id_declared_at: '',
      emailVerified: 'true',
    });
    expect(answer.status).toBe(303);
    const after = await accountOf('demo.new');
    expect({ ...after, title: before.title, mobile: before.mobile }).toEqual(before);
  });

  it('P-23: takes no form of another site or of a stranger', async () => {
    for (const path of ['', '/national-id', '/email', '/email-confirmation']) {
      const foreign = await forgeForm(
        world,
        someone,
        PAGE + path,
        {},
        { origin: 'https://elsewhere.example' },
      );
      expect(foreign.status).toBe(403);
      const stranger = await forgeForm(world, browserOf(world), PAGE + path, {});
      expect(stranger.headers.location).toContain('/sign-in');
    }
  });

  it('P-23, D20: a new e-mail counts once confirmed there, by the same person, once; both addresses are told', async () => {
    const { id } = await accountOf('demo.new');
    await open('/email');
    const sendEmail = (email: string) => someone.submit((form) => 'email' in form.fields, { email });
    expect((await sendEmail('x')).text).toContain('電子郵件格式不正確');
    expect((await sendEmail('DEMO.NEW@example.test')).text).toContain('請輸入不同於目前的電子郵件');
    await sendEmail('first@example.test');
    const superseded = await mailedLink();
    await open('/email');
    expect((await sendEmail('second@example.test')).text).toContain('second@example.test 尚待確認');
    const link = await mailedLink();
    expect(new URL(link).origin).toBe(world.issuer);
    expect((await accountOf('demo.new')).email).toBe('demo.new@example.test');

    expect((await someone.open(superseded)).text).toContain('這個連結已失效');
    const nurse = await portalOf(world, 'demo.nurse');
    expect((await nurse.open(link)).text).toContain('這個連結已失效');
    const token = new URL(link).searchParams.get('token') ?? '';
    expect((await forgeForm(world, nurse, `${PAGE}/email-confirmation`, { token })).status).toBe(409);
    await someone.open(link); // opening alone changes nothing
    expect((await accountOf('demo.new')).email).toBe('demo.new@example.test');
    const answers = await Promise.all(
      [1, 2, 3].map(() => forgeForm(world, someone, `${PAGE}/email-confirmation`, { token })),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect((await accountOf('demo.new')).email).toBe('second@example.test');
    const told = world.database.db
      .selectFrom('mail_message')
      .select('id')
      .where('kind', '=', 'address_changed');
    expect(await told.where('account_id', '=', id).execute()).toHaveLength(2);

    await open('/email');
    await sendEmail('third@example.test');
    await world.database.db.updateTable('pending_email').set({ expires_at: new Date() }).execute();
    expect((await someone.open(await mailedLink())).text).toContain('這個連結已失效');
  });

  it('D12, D18: a confirmed address ends the links mailed to the old one, and no link serves for another', async () => {
    const { id } = await accountOf('demo.new');
    const { db } = world.database;
    const reset = randomBytes(32).toString('base64url');
    const expires = new Date(Date.now() + 3_600_000);
    await db
      .insertInto('password_reset')
      .values({ token_digest: digest(reset), account_id: id, expires_at: expires })
      .execute();
    const ended = () =>
      db.selectFrom('password_reset').select('ended_by').where('account_id', '=', id).executeTakeFirst();
    const openReset = (token: string) =>
      browserOf(world).open(`${world.issuer}/password-reset?token=${token}`);
    expect((await openReset(reset)).status).toBe(200);

    await open('/email');
    await someone.submit((form) => 'email' in form.fields, { email: 'sixth@example.test' });
    const token = new URL(await mailedLink()).searchParams.get('token') ?? '';
    expect((await openReset(token)).status).toBe(410);
    const confirm = (secret: string) =>
      forgeForm(world, someone, `${PAGE}/email-confirmation`, { token: secret });
    expect((await confirm(reset)).status).toBe(409);
    expect(await ended()).toEqual({ ended_by: null });

    expect((await confirm(token)).status).toBe(303);
    expect(await ended()).toEqual({ ended_by: 'superseded' });
    expect((await openReset(reset)).status).toBe(410);
  });

  it('P-23: asks for a new sign-in before e-mail and ID number change', async () => {
    const old = new Date(Date.now() - 6 * 60_000);
    await world.database.db.updateTable('oidc_session').set({ login_at: old }).execute();
    for (const path of ['/email', '/national-id']) {
      const answer = await forgeForm(world, someone, PAGE + path, {
        email: 'a@example.test',
        national_id: 'A123456789',
      });
      expect(answer.headers.location).toContain('/sign-in?fresh=yes');
    }
    expect((await open()).status).toBe(200);
    someone = await portalOf(world, 'demo.new');
  });

  it('SM-07: an ID number one changed oneself is kept sealed, marked, and binds nothing until confirmed', async () => {
    await open('/national-id');
    const send = (national_id: string) =>
      someone.submit((form) => 'national_id' in form.fields, { national_id });
    expect((await send('A123456788')).text).toContain('身分證字號或統一證號不正確');
    const { id, national_id_sealed: before } = await accountOf('demo.new');
    const own = openNationalId(keyring, before, id);
    expect((await send('ａ８00000014 ')).text).toContain('已更正');
    const declared = await accountOf('demo.new');
    expect(openNationalId(keyring, declared.national_id_sealed, id)).toBe('A800000014');
    expect((await open()).text).toContain('自行更正，待確認');
    await open('/national-id');
    await send(own); // even the true number back: nobody has confirmed it
    await someone.open(world.issuer + BINDINGS);
    const refused = await someone.submit((form) => 'subsystem_password' in form.fields, RIGHT);
    expect(refused.text).toContain('無法驗證這個帳號');
    expect((await lastAudit(world, 'binding.refused'))?.reason).toBe('other_person');
    await world.database.db.updateTable('account').set({ national_id_declared_at: null }).execute();
    await world.database.db.deleteFrom('attempt_throttle').execute();
    expect((await someone.submit((form) => 'subsystem_password' in form.fields, RIGHT)).text).toContain(
      MCH_OF_NEW,
    );
  });
});
