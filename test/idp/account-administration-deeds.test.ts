import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import { people } from '#db/idp/seed/world.ts';
import { type Forgery, forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { HOSPITAL, STATION, addPerson, idOf } from './account-administration-world.ts';

const PERSON = {
  name: '新進員',
  title: '護理師',
  phone: '02-24292525#12',
  spare_phone: '',
  unit_phone: '',
  mobile: '0912-345678',
  email: 'newcomer@example.invalid',
  spare_email: '',
  expires: '',
};

describe('administering accounts', () => {
  let world: IdpWorld;
  let manager: Journey;
  let hpa: Journey;

  beforeAll(async () => {
    world = await startIdpWorld();
    manager = await portalOf(world, 'demo.manager');
    hpa = await portalOf(world, 'demo.hpa');
  });
  afterAll(() => world.stop());

  const post = (browser: Journey, path: string, fields: Record<string, string>, forgery?: Forgery) =>
    forgeForm(world, browser, `/console/accounts${path}`, fields, forgery);
  const show = (browser: Journey, path: string) => browser.open(`${world.issuer}/console/accounts${path}`);
  const row = (id: string) =>
    world.database.db.selectFrom('account').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const lastEvent = (accountId: string) =>
    world.database.db
      .selectFrom('audit_event')
      .select(['type', 'actor_account_id', 'details'])
      .where('account_id', '=', accountId)
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
  const mailsTo = async (accountId: string) => {
    const rows = await world.database.db
      .selectFrom('mail_message')
      .select('kind')
      .where('account_id', '=', accountId)
      .orderBy('id')
      .execute();
    return rows.map(({ kind }) => kind);
  };
  const was = async (browser: Journey, id: string) => {
    const page = await show(browser, `/${id}/change`);
    return page.forms.find((form) => 'was' in form.fields)?.fields ?? {};
  };

  it('P-44: opens an account whose owner alone chooses the password, by a mailed link', async () => {
    const fields = { ...PERSON, login_name: 'New.Comer', national_id: syntheticNationalId('E', 1, 31) };
    const answer = await post(manager, '/creation', fields);
    expect([answer.status, answer.headers.location]).toEqual([
      303,
      expect.stringMatching(/^\/console\/accounts\/[0-9a-f-]{36}\?done=created$/),
    ]);
    const id = await idOf(world, 'new.comer');
    expect(await row(id)).toMatchObject({ unit_code: HOSPITAL, role: 'user', status: 'active' });
    expect(await mailsTo(id)).toEqual(['account_created']);
    const credential = world.database.db.selectFrom('password_credential').where('account_id', '=', id);
    expect(await credential.selectAll().execute()).toEqual([]);
    const link = world.database.db.selectFrom('password_reset').selectAll().where('account_id', '=', id);
    expect(await link.execute()).toHaveLength(1);
    const event = await lastEvent(id);
    expect(event).toMatchObject({
      type: 'account.created',
      actor_account_id: await idOf(world, 'demo.manager'),
      details: { fields: expect.arrayContaining(['loginName', 'nationalId', 'email', 'name']) as string[] },
    });
    expect(JSON.stringify(event.details)).not.toMatch(/newcomer@|新進員|E1000/);
  });

  it('P-44: says everything that is wrong, and keeps what was typed', async () => {
    const wrong = { ...PERSON, login_name: 'demo.nurse', national_id: 'A123', phone: '12', email: 'x' };
    const answer = await post(manager, '/creation', wrong);
    expect(answer.status).toBe(422);
    for (const field of ['national_id', 'phone', 'email']) {
      expect(answer.body).toMatch(new RegExp(`id="${field}"[^>]*aria-invalid="true"`));
    }
    expect(answer.body).toContain('value="0912-345678"');
    const taken = { ...PERSON, login_name: 'demo.nurse', national_id: syntheticNationalId('E', 1, 32) };
    expect((await post(manager, '/creation', taken)).body).toContain('這個帳號名稱已經有人使用');
    const twice = { ...PERSON, login_name: 'other.name', national_id: syntheticNationalId('C', 2, 1) };
    expect((await post(manager, '/creation', twice)).body).toContain('這個人在該單位已有啟用的帳號');
  });

  it('P-44: opens one account for one person under 20 parallel tries', async () => {
    const fields = { ...PERSON, national_id: syntheticNationalId('E', 1, 33) };
    const tries = Array.from({ length: 20 }, (_, at) =>
      post(manager, '/creation', { ...fields, login_name: `parallel.${at}` }),
    );
    const answers = await Promise.all(tries);
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  });

  it('F3: opens accounts in units of one’s own alone, whatever unit is sent along', async () => {
    const fields = { ...PERSON, login_name: 'smuggled', national_id: syntheticNationalId('E', 1, 34) };
    await post(manager, '/creation', { ...fields, unit: STATION, role: 'hpa_admin', status: 'disabled' });
    expect(await row(await idOf(world, 'smuggled'))).toMatchObject({
      unit_code: HOSPITAL,
      role: 'user',
      status: 'active',
    });
    const national = { ...fields, login_name: 'placed.well', national_id: syntheticNationalId('E', 1, 35) };
    const answer = await post(hpa, '/creation', { ...national, unit: STATION, role: 'unit_manager' });
    expect(answer.headers.location).toMatch(/\/role\?role=unit_manager$/);
    expect(await row(await idOf(world, 'placed.well'))).toMatchObject({ unit_code: STATION, role: 'user' });
    const nowhere = { ...fields, login_name: 'no.where', national_id: syntheticNationalId('E', 1, 36) };
    expect((await post(hpa, '/creation', { ...nowhere, unit: '0000000000' })).status).toBe(422);
  });

  it('P-44: disables with a reason: sessions end at once, the person is told, and comes back enabled', async () => {
    const victim = await portalOf(world, 'demo.nurse');
    const id = await idOf(world, 'demo.nurse');
    expect((await post(manager, `/${id}/disabling`, { reason: ' ' })).status).toBe(422);
    expect((await post(manager, `/${id}/disabling`, { reason: '調查中 <b>' })).status).toBe(303);
    expect((await row(id)).status).toBe('disabled');
    const sessions = world.database.db.selectFrom('oidc_session').where('account_id', '=', id);
    expect(await sessions.selectAll().execute()).toEqual([]);
    expect(await mailsTo(id)).toContain('N11');
    expect(await lastEvent(id)).toMatchObject({
      type: 'account.disabled',
      details: { reason: '調查中 <b>', via: 'console', before: { status: 'active' } },
    });
    expect((await victim.open(`${world.issuer}/account/profile`)).url.pathname).not.toBe('/account/profile');
    const page = await show(manager, `/${id}`);
    expect(page.text).toContain('調查中 <b>');
    expect(page.html).not.toContain('調查中 <b>');
    expect((await post(manager, `/${id}/disabling`, { reason: '再一次' })).status).toBe(409);
    expect((await post(manager, `/${id}/enabling`, { reason: '查無異常' })).status).toBe(303);
    expect((await row(id)).status).toBe('active');
  });

  it('P-44: changes what the form has and nothing else; the record names the fields', async () => {
    const id = await addPerson(world, { loginName: 'to.change' });
    const opened = await was(manager, id);
    const fields = { ...PERSON, was: opened['was'] ?? '', name: '改過名', expires: '2099-12-31' };
    const smuggled = { unit_code: STATION, role: 'hpa_admin', status: 'disabled', login_name: 'root.of.all' };
    expect((await post(manager, `/${id}/change`, { ...fields, ...smuggled })).status).toBe(303); // F11
    expect(await row(id)).toMatchObject({
      name: '改過名',
      email: PERSON.email,
      unit_code: HOSPITAL,
      role: 'user',
      status: 'active',
      login_name: 'to.change',
      expires_at: new Date('2099-12-31T16:00:00Z'),
    });
    expect(await lastEvent(id)).toMatchObject({
      type: 'account.changed',
      details: { fields: expect.arrayContaining(['name', 'email', 'phone', 'expires']) as string[] },
    });
    expect(await mailsTo(id)).toEqual(['address_changed', 'address_changed']);
    const again = await was(manager, id);
    const bad = { ...PERSON, was: again['was'] ?? '', name: '<script>', expires: '2001-01-01' };
    const refused = await post(manager, `/${id}/change`, bad);
    expect(refused.status).toBe(422); // F14
    expect(refused.body).not.toContain('<script>"');
    expect((await post(manager, `/${id}/change`, { ...PERSON, was: 'no json' })).status).toBe(400);
  });

  it('P-44: tells the second of two administrators what changed meanwhile, and loses nothing typed', async () => {
    const id = await addPerson(world, { loginName: 'two.at.once' });
    const opened = await was(manager, id);
    const base = { ...PERSON, was: opened['was'] ?? '' };
    expect((await post(hpa, `/${id}/change`, { ...base, title: '督導' })).status).toBe(303);
    const late = await post(manager, `/${id}/change`, { ...base, title: '', phone: '02-24299999' });
    expect(late.status).toBe(409);
    expect(late.body).toContain('其他管理者剛才修改了這個帳號');
    expect(late.body).toContain('督導');
    expect(late.body).toContain('value="02-24299999"');
    expect((await row(id)).phone).toBe(PERSON.phone);
    const tries = Array.from({ length: 20 }, (_, at) => ({
      phone: `02-242900${String(at).padStart(2, '0')}`,
    }));
    const now = await was(manager, id);
    const form = { ...PERSON, title: '督導', was: now['was'] ?? '' };
    const answers = await Promise.all(
      tries.map((typed) => post(manager, `/${id}/change`, { ...form, ...typed })),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
  });

  it('P-23: confirms a declared ID number by typing it from the document, without showing it', async () => {
    const id = await idOf(world, 'demo.new');
    const { db } = world.database;
    await db
      .updateTable('account')
      .set({ national_id_declared_at: new Date() })
      .where('id', '=', id)
      .execute();
    const nurse = people.find(({ loginName }) => loginName === 'demo.new');
    const path = `/${id}/id-confirmation`;
    expect((await show(manager, path)).text).not.toContain(nurse?.nationalId);
    const other = await post(manager, path, { national_id: syntheticNationalId('E', 1, 77), reason: '查驗' });
    expect([other.status, other.body.includes('與本人申報的號碼不同')]).toEqual([409, true]);
    const right = { national_id: nurse?.nationalId.toLowerCase() ?? '', reason: '查驗證件正本' };
    expect((await post(manager, path, right)).status).toBe(303);
    expect((await row(id)).national_id_declared_at).toBeNull();
    expect((await lastEvent(id)).type).toBe('national_id.confirmed');
    expect((await post(manager, path, right)).status).toBe(409);
  });

  it('SM-10: unlocks whoever is locked', async () => {
    const id = await idOf(world, 'demo.new');
    expect((await post(manager, `/${id}/unlocking`, { reason: '來電' })).status).toBe(409);
    const { browserOf } = await import('../support/relying-party.ts');
    for (let tries = 0; tries < 3; tries += 1) {
      const guest = browserOf(world);
      await guest.open(`${world.issuer}/sign-in`);
      const wrong = { account: 'demo.new', password: 'Not*the*password1', captcha: '24680' };
      await guest.submit((form) => 'captcha' in form.fields, wrong);
    }
    expect((await show(manager, `/${id}`)).text).toContain('鎖定');
    expect((await post(manager, `/${id}/unlocking`, { reason: '本人來電確認' })).status).toBe(303);
    expect(await world.database.db.selectFrom('attempt_throttle').selectAll().execute()).toEqual([]);
    expect((await lastEvent(id)).type).toBe('account.unlocked');
    expect((await portalOf(world, 'demo.new')).page()?.text).toContain('周示範');
  });

  it('D21: mails the owner a link, shows it to no manager, and at most three within the hour', async () => {
    const id = await idOf(world, 'demo.new');
    for (let sent = 0; sent < 3; sent += 1) {
      const answer = await post(manager, `/${id}/password-reset`, { reason: '忘記密碼' });
      expect(answer.status).toBe(303);
    }
    expect((await post(manager, `/${id}/password-reset`, { reason: '忘記密碼' })).status).toBe(409);
    expect((await mailsTo(id)).filter((kind) => kind === 'password_reset_by_manager')).toHaveLength(3);
    expect((await show(manager, `/${id}`)).html).not.toContain('token=');
    const links = world.database.db
      .selectFrom('password_reset')
      .select('ended_by')
      .where('account_id', '=', id);
    expect((await links.orderBy('requested_at').execute()).map((link) => link.ended_by)).toEqual([
      'superseded',
      'superseded',
      null,
    ]);
  });

  it('P-44: resets lost second factors: they go, sessions end, the owner is told', async () => {
    const id = await idOf(world, 'demo.bureau');
    const bureau = await portalOf(world, 'demo.bureau');
    expect(bureau.page()?.status).toBe(200);
    const card = { issuer: 'CN=HCA', serial: '01', card_no: null, name: '', last_used_at: null };
    const cards = world.database.db.insertInto('person_card');
    await cards.values({ ...card, account_id: id, added_at: new Date() }).execute();
    expect((await post(hpa, `/${id}/factor-reset`, { reason: '遺失手機' })).status).toBe(303);
    const left = world.database.db.selectFrom('person_card').selectAll().where('account_id', '=', id);
    expect(await left.execute()).toEqual([]);
    const totp = world.database.db.selectFrom('totp_credential').selectAll().where('account_id', '=', id);
    expect(await totp.execute()).toEqual([]);
    expect(await mailsTo(id)).toContain('authenticator_changed');
    expect(await lastEvent(id)).toMatchObject({ type: 'authenticator.reset', details: { totp: true } });
    expect((await post(hpa, `/${id}/factor-reset`, { reason: '再一次' })).status).toBe(409);
  });

  it('P-52: handles a resignation with everything that was theirs; SM-12: the last manager names a successor', async () => {
    const id = await idOf(world, 'demo.new');
    expect((await post(manager, `/${id}/resignation`, { reason: '離職' })).status).toBe(303);
    expect((await row(id)).status).toBe('disabled');
    const living = world.database.db
      .selectFrom('subsystem_account')
      .select('id')
      .where('account_id', '=', id)
      .where('status', '<>', 'disabled');
    expect(await living.execute()).toEqual([]);
    expect(await lastEvent(id)).toMatchObject({ actor_account_id: await idOf(world, 'demo.manager') });

    const { db } = world.database;
    await db
      .updateTable('account')
      .set({ status: 'disabled' })
      .where('login_name', '=', 'peer.manager')
      .execute();
    const boss = await idOf(world, 'demo.manager');
    const successor = await addPerson(world, { loginName: 'next.manager' });
    const alone = await post(hpa, `/${boss}/resignation`, { reason: '退休' });
    expect([alone.status, alone.body.includes('請填寫接任者的帳號')]).toEqual([409, true]);
    const answer = await post(hpa, `/${boss}/resignation`, { reason: '退休', successor: 'next.manager' });
    expect(answer.status).toBe(303);
    expect((await row(successor)).role).toBe('unit_manager');
    expect((await show(manager, '')).url.pathname).not.toBe('/console/accounts');
  });
});
