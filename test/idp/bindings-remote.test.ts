import { NoAnswer, askSubsystem } from '#idp/bindings/remote/ask.ts';
import { createKeyring } from '#kit/keyring.ts';
import { people } from '#db/idp/seed/world.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { type RemoteSubsystem, Raw, provenAs, startRemoteSubsystem } from './bindings-remote-subsystem.ts';
import { PAGE, lastAudit, pathOf, personOf, sendBinding } from './bindings-support.ts';

const idOf = (loginName: string) => people.find((person) => person.loginName === loginName)?.nationalId ?? '';
const MINE = idOf('demo.new');
const NAME = '戒菸舊帳號';
const REMOTE = {
  name: NAME,
  subsystem: 'smoking',
  subsystem_account: 'old.account',
  subsystem_password: 'Right',
};
const CREATED = 'P@00000006P@qss_02';

let world: IdpWorld;
let subsystem: RemoteSubsystem;
let someone: Journey;

beforeAll(async () => {
  subsystem = await startRemoteSubsystem(() => world.issuer);
  world = await startIdpWorld({ replicas: 2, env: { SMOKING_ORIGIN: subsystem.origin } });
  someone = await portalOf(world, 'demo.new');
});
afterAll(async () => {
  await world.stop();
  await subsystem.close();
});
beforeEach(async () => {
  const { db } = world.database;
  subsystem.calls = [];
  subsystem.answer = (asked) => (asked.password === 'Right' ? provenAs(asked, MINE) : { proven: false });
  await db.deleteFrom('attempt_throttle').execute();
  await db.deleteFrom('remote_account').execute();
  await db.deleteFrom('binding').where('name', 'in', [NAME, '別的']).execute();
  await db.deleteFrom('subsystem_account').where('id', '=', CREATED).execute();
});

const bind = async (fields: Partial<typeof REMOTE> = {}, browser = someone) => {
  await browser.open(world.issuer + PAGE);
  return sendBinding(browser, { ...REMOTE, ...fields });
};
const accountOf = (id: string) =>
  world.database.db.selectFrom('subsystem_account').selectAll().where('id', '=', id).executeTakeFirst();

describe('SM-07: an account that its subsystem proves itself', () => {
  it('SM-07, P-30, N16: a signed request, an answer with unit and permissions; the account comes to be and is bound', async () => {
    const page = await bind();
    expect(page.text).toContain('已完成綁定');
    expect(await accountOf(CREATED)).toMatchObject({
      ...{ status: 'active', subsystem_code: 'smoking', unit_code: '9876543210', role: 'qss_user' },
      ...{
        duty: 'medical',
        menu_roles: ['qss_treatment'],
        account_id: (await personOf(world, 'demo.new')).id,
      },
    });
    const [call] = subsystem.calls;
    expect(call?.typ).toBe('subsystem-account-verification+jwt');
    const { iat, exp, jti } = call?.claims ?? {};
    expect(Number(exp) - Number(iat)).toBe(60);
    expect(jti).toMatch(/^[\w-]{20,}$/);
    // neither the ID number nor the password is in the statement, nor the number anywhere
    expect(JSON.stringify(call?.claims)).not.toContain('Right');
    expect(call?.raw).not.toContain(MINE);
    const mail = await world.database.db
      .selectFrom('mail_message')
      .select('kind')
      .where('kind', '=', 'N16')
      .where('account_id', '=', (await personOf(world, 'demo.new')).id)
      .execute();
    expect(mail.length).toBeGreaterThan(0);
  });

  it('SM-07: wrong passwords count against the account: of twenty at once three are handed on, then none', async () => {
    await someone.open(world.issuer + PAGE);
    const wrong = { ...REMOTE, subsystem_password: 'Wrong' };
    const tries = Array.from({ length: 20 }, () => forgeForm(world, someone, PAGE, wrong));
    for (const { status } of await Promise.all(tries)) expect(status).toBe(422);
    expect(subsystem.calls).toHaveLength(3);
    const page = await bind();
    expect(page.text).toContain('無法驗證這個帳號');
    expect(subsystem.calls).toHaveLength(3);
    expect((await lastAudit(world, 'binding.refused'))?.reason).toBe('locked');
  });

  it('SM-07: another person’s account is refused in the same words, even by its right password, and counts', async () => {
    subsystem.answer = (asked) => provenAs(asked, idOf('demo.nurse'));
    const page = await bind();
    expect(page.status).toBe(422);
    expect(page.text).toContain('無法驗證這個帳號');
    expect((await lastAudit(world, 'binding.refused'))?.reason).toBe('other_person');
    expect(await world.database.db.selectFrom('attempt_throttle').select('failures').execute()).toEqual([
      { failures: 1 },
    ]);
    expect(await accountOf(CREATED)).toBeUndefined();
  });

  it('SM-07: an ID number nobody has confirmed proves nothing', async () => {
    const declare = (at: Date | null) =>
      world.database.db
        .updateTable('account')
        .set({ national_id_declared_at: at })
        .where('login_name', '=', 'demo.new')
        .execute();
    await declare(new Date());
    expect((await bind()).text).toContain('無法驗證這個帳號');
    await declare(null);
  });

  it.each<[string, Raw]>([
    ['an error', new Raw(500)],
    ['too many requests', new Raw(429)],
    ['a redirect', new Raw(302, '', { location: 'http://localhost:1/' })],
    ['what is not JSON', new Raw(200, '<html>')],
    ['far too much', new Raw(200, JSON.stringify({ proven: false, more: 'x'.repeat(20_000) }))],
    ['half an answer', new Raw(200, JSON.stringify({ proven: true, account: 'old.account' }))],
  ])('SM-07: %s is nobody’s wrong guess, and is said', async (_what, raw) => {
    subsystem.answer = () => raw;
    const page = await bind();
    expect(page.status).toBe(422);
    expect(page.text).toContain('該系統目前沒有回應');
    expect(page.forms.find((form) => 'subsystem_password' in form.fields)?.fields).toMatchObject({
      name: NAME,
      subsystem_account: 'old.account',
    });
    const counted = await world.database.db.selectFrom('attempt_throttle').select('failures').execute();
    expect(counted.every(({ failures }) => failures === 0)).toBe(true);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a role the manifest does not know', { role: 'root' }, 'role_unknown'],
    ['a duty its unit cannot have', { duty: 'health_station' }, 'duty_not_allowed'],
    ['menu roles beyond the duty', { menu_roles: ['mi_antenatal'] }, 'duty_not_allowed'],
    ['a unit nobody knows', { unit: '0000000000' }, 'unit_unknown'],
  ])('SM-07, F11: takes in nothing with %s', async (_what, over, reason) => {
    subsystem.answer = (asked) => provenAs(asked, MINE, over);
    expect((await bind()).text).toContain('回覆的單位或權限與登記的不符');
    expect((await lastAudit(world, 'binding.refused'))?.reason).toBe(reason);
    expect(await accountOf(CREATED)).toBeUndefined();
  });

  it('SM-07, F4: a manager beyond the unit’s quota comes in no more than by approval', async () => {
    subsystem.answer = (asked) => provenAs(asked, MINE, { role: 'qss_manager' });
    const { db } = world.database;
    const sample = await accountOf('P@00000006P@qss_01');
    if (!sample) throw new Error('the seed has it');
    for (const id of ['P@00000098P@qss_01', 'P@00000099P@qss_01']) {
      await db
        .insertInto('subsystem_account')
        .values({ ...sample, id, role: 'qss_manager', fields: '{}' })
        .execute();
    }
    expect((await bind()).text).toContain('回覆的單位或權限與登記的不符');
    await db.deleteFrom('subsystem_account').where('role', '=', 'qss_manager').execute();
  });

  it('SM-07: an account that is here is found again, brought up to date, and never made twice', async () => {
    await bind();
    await forgeForm(world, someone, pathOf(CREATED, '/removal'), {});
    subsystem.answer = (asked) => provenAs(asked, MINE, { menu_roles: ['qss_treatment', 'qss_education'] });
    // once unbound it is the person's own, which their own password proves too; its old name still asks there
    expect((await bind()).text).toContain('已完成綁定');
    expect((await accountOf(CREATED))?.menu_roles).toEqual(['qss_treatment', 'qss_education']);
    const all = await world.database.db
      .selectFrom('subsystem_account')
      .select('id')
      .where('id', 'like', 'P@00000006P@qss_%')
      .orderBy('id')
      .execute();
    expect(all.map(({ id }) => id)).toEqual(['P@00000006P@qss_01', CREATED]);
    expect((await bind({ name: '別的' })).text).toContain('這個帳號已經在您的綁定清單中');
  });

  it('SM-07: a subsystem cannot give away another person’s account of its own', async () => {
    subsystem.answer = (asked) => provenAs(asked, MINE, { account: 'P@00000001P@qss_01' });
    expect((await bind()).text).toContain('無法驗證這個帳號');
    expect((await lastAudit(world, 'binding.refused'))?.reason).toBe('other_person');
    expect(await accountOf('P@00000001P@qss_01')).toMatchObject({
      account_id: (await personOf(world, 'demo.nurse')).id,
    });
  });

  it('SM-07: bound from another entry account of the same person it moves, and both are told', async () => {
    await bind();
    const { db } = world.database;
    const { national_id_index: index, id: mine } = await personOf(world, 'demo.new');
    const nurse = await db
      .selectFrom('account')
      .select(['id', 'national_id_index', 'national_id_sealed'])
      .where('login_name', '=', 'demo.nurse')
      .executeTakeFirstOrThrow();
    // as if demo.nurse were the same person: the same ID number there
    await db.updateTable('account').set({ national_id_index: index }).where('id', '=', nurse.id).execute();
    subsystem.answer = (asked) => provenAs(asked, idOf('demo.nurse'));
    const other = await portalOf(world, 'demo.nurse');
    expect((await bind({}, other)).text).toContain('已完成綁定');
    const bound = await db
      .selectFrom('binding')
      .select('account_id')
      .where('subsystem_account_id', '=', CREATED)
      .execute();
    expect(bound).toEqual([{ account_id: nurse.id }]);
    const told = await db
      .selectFrom('mail_message')
      .select('account_id')
      .where('kind', '=', 'N16')
      .orderBy('id', 'desc')
      .limit(2)
      .execute();
    expect(new Set(told.map((row) => row.account_id))).toEqual(new Set([nurse.id, mine]));
    const back = { national_id_index: nurse.national_id_index };
    await db.updateTable('account').set(back).where('id', '=', nurse.id).execute();
  });
});

test('SM-07: an endpoint inside this network is not asked unless the operator says so', async () => {
  const deps = {
    ...{
      db: world.database.db,
      clock: () => new Date(),
      config: { issuer: world.issuer, privateNetworks: false },
    },
    keyring: createKeyring(world.env['IDP_MASTER_KEYS'] ?? ''),
  };
  const endpoint = `${subsystem.origin}/subsystem-accounts/verification`;
  const asked = askSubsystem(deps, endpoint, { account: 'old.account', password: 'Right' });
  await expect(asked).rejects.toThrow(NoAnswer);
  expect(subsystem.calls).toEqual([]);
});
