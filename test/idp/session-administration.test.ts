import { eventually } from '../support/eventually.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey, Page } from '../support/journey.ts';
import { type RelyingParty, browserOf, createRelyingParty } from '../support/relying-party.ts';

const LAB_1 = 'P@00000001P@lab_01';
const SESSIONS = '/console/sessions';

describe('sessions in the console', () => {
  let world: IdpWorld;
  let rp: RelyingParty;
  let agency: Journey;
  let manager: Journey;
  let bureau: Journey;

  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
    rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    agency = await portalOf(world, 'demo.hpa');
    manager = await portalOf(world, 'demo.manager'); // of the nurse's hospital
    bureau = await portalOf(world, 'demo.bureau'); // of another unit
  });
  afterAll(() => world.stop());

  const open = (path: string, browser = agency): Promise<Page> => browser.open(world.issuer + path);
  const nurse = async () => {
    const browser = browserOf(world);
    const tokens = await rp.redeem(
      await rp.authorize(browser, {}, { loginName: 'demo.nurse', account: LAB_1 }),
    );
    return { browser, token: tokens.access_token };
  };
  const isDead = (token: string): Promise<void> =>
    eventually(async () => {
      for (const base of world.replicaUrls) {
        const answer = await fetch(`${base}/oidc/userinfo`, {
          headers: { authorization: `Bearer ${token}` },
        });
        expect(answer.status).toBe(401);
      }
    }, 1000);
  const uidOf = async (login: string): Promise<string> => {
    const row = await world.database.db
      .selectFrom('oidc_session as s')
      .innerJoin('account as a', 'a.id', 's.account_id')
      .select('s.uid')
      .where('a.login_name', '=', login)
      .orderBy('s.active_at', 'desc')
      .executeTakeFirstOrThrow();
    return row.uid;
  };

  it('shows who is signed in where as which account, by person, unit, client and address', async () => {
    await nurse();
    const all = await open(SESSIONS);
    expect(all.text).toMatch(/demo\.nurse.*實驗一/s);
    expect(all.text).toContain('demo.hpa');
    const one = await open(`${SESSIONS}?person=demo.nurse&client=lab-app&unit=9876543210`);
    expect(one.text).toContain('demo.nurse');
    expect(one.text).not.toContain('demo.bureau');
    expect((await open(`${SESSIONS}?ip=192.0.2.77`)).text).toContain('找不到符合條件的資料');
    expect((await open(`${SESSIONS}?ip=%27or%201=1`)).status).toBe(422);
    expect((await open(`${SESSIONS}?after=forged`)).status).toBe(400); // F17
  });

  it('F4: a manager signs out no other manager, operator or national administrator of the unit', async () => {
    const { db } = world.database;
    await db
      .updateTable('account')
      .set({ unit_code: '9876543210' })
      .where('login_name', '=', 'demo.ops')
      .execute();
    await portalOf(world, 'demo.ops');
    expect((await open(SESSIONS, manager)).text).not.toContain('demo.ops');
    const uid = await uidOf('demo.ops');
    const { id } = await db
      .selectFrom('account')
      .select('id')
      .where('login_name', '=', 'demo.ops')
      .executeTakeFirstOrThrow();
    for (const path of [`/persons/${id}/ending`, `/${uid}/ending`]) {
      const answer = await forgeForm(world, manager, SESSIONS + path, { reason: 'x', id: uid });
      expect([path, answer.status]).toEqual([path, 404]);
    }
    expect(await uidOf('demo.ops')).toBe(uid);
  });

  it("F2: a manager sees and ends the own unit's people only, on every path", async () => {
    await nurse();
    const own = await open(SESSIONS, manager);
    expect(own.text).toContain('demo.nurse');
    expect(own.text).not.toContain('demo.hpa');
    expect((await open(SESSIONS, bureau)).text).not.toContain('demo.nurse');
    const uid = await uidOf('demo.nurse');
    expect((await open(`${SESSIONS}/${uid}`, bureau)).status).toBe(404);
    const { account_id: accountId } = await world.database.db
      .selectFrom('oidc_session')
      .select('account_id')
      .where('uid', '=', uid)
      .executeTakeFirstOrThrow();
    expect((await open(`${SESSIONS}/persons/${accountId}/ending`, bureau)).status).toBe(404);
    const fields = { id: uid, reason: 'x' };
    expect((await forgeForm(world, bureau, `${SESSIONS}/ending`, fields)).status).toBe(404);
    const person = await forgeForm(world, bureau, `${SESSIONS}/persons/${accountId}/ending`, fields);
    expect(person.status).toBe(404);
    for (const browser of [manager, bureau]) {
      expect((await open(`${SESSIONS}/clients/lab-app/ending`, browser)).status).toBe(403);
    }
    expect(await uidOf('demo.nurse')).toBe(uid);
  });

  it('F2: of sessions of two units sent together a manager ends the own one and no other', async () => {
    const { token } = await nurse();
    const [mine, theirs] = [await uidOf('demo.nurse'), await uidOf('demo.bureau')];
    const fields = new URLSearchParams([
      ['id', mine],
      ['id', theirs],
      ['reason', '離職'],
    ]);
    expect((await forgeForm(world, manager, `${SESSIONS}/ending`, fields)).status).toBe(303);
    await isDead(token);
    expect(await uidOf('demo.bureau')).toBe(theirs);
  });

  it('ends one session after showing it, with a reason, everywhere within a second', async () => {
    const { token } = await nurse();
    await open(`${SESSIONS}/${await uidOf('demo.nurse')}`, manager);
    const asked = await manager.submit((form) => form.action.endsWith('/ending'));
    expect(asked.text).toContain('實驗一');
    expect((await manager.submit((form) => 'reason' in form.fields, { reason: '' })).status).toBe(422);
    world.logouts.length = 0;
    const done = await manager.submit((form) => 'reason' in form.fields, { reason: '電腦遺失' });
    expect(done.text).toContain('已結束');
    await isDead(token);
    await eventually(() => expect(world.logouts.map(({ client }) => client)).toContain('lab-app'), 1500);
    const audit = await world.database.db
      .selectFrom('audit_event')
      .selectAll()
      .where('type', '=', 'session.ended')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    expect(audit.details).toMatchObject({ via: 'console', reason: '電腦遺失', cause: 'administrator' });
  });

  it('ends all of a person, and everything at one client while people stay signed in elsewhere', async () => {
    const first = await nurse();
    const second = await nurse();
    const uid = await uidOf('demo.nurse');
    const page = await open(`${SESSIONS}/${uid}`);
    const ending = /href="([^"]*\/persons\/[^"]+)"/.exec(page.html)?.[1] ?? '';
    expect((await open(ending)).text).toMatch(/4 個登入/);
    await agency.submit((form) => 'reason' in form.fields, { reason: '通報' });
    await isDead(first.token);
    await isDead(second.token);

    const third = await nurse();
    const asked = await open(`${SESSIONS}/clients/lab-app/ending`);
    expect(asked.text).toContain('1 個登入');
    await agency.submit((form) => 'reason' in form.fields, { reason: '系統遭入侵' });
    await isDead(third.token);
    const silent = await rp.authorize(third.browser, { prompt: 'none' });
    expect(silent.callback.searchParams.get('code')).not.toBeNull(); // the single entry's session lives on
  });

  describe('logouts that do not arrive', () => {
    it('are counted by client with the last error, and given-up ones delivered again', async () => {
      const { db } = world.database;
      const { id } = await db
        .selectFrom('account')
        .select('id')
        .where('login_name', '=', 'demo.nurse')
        .executeTakeFirstOrThrow();
      const dead = { client_id: 'lab-app', account_id: id, sid: null, cause: 'sign_out' };
      for (let at = 0; at < 3; at += 1) {
        await db
          .insertInto('logout_delivery')
          .values({
            ...dead,
            ...{
              leased_until: null,
              delivered_at: null,
              dead_at: new Date(),
              last_error: 'answered 500 <b>',
            },
          })
          .execute();
      }
      const health = await open('/console/logouts');
      expect(health.text).toMatch(/lab-app.*3.*answered 500/s);
      expect(health.html).not.toContain('<b>');
      const letters = await open('/console/logouts/dead-letters?client=lab-app');
      expect(letters.text).toContain('共 3 筆');
      const [one] = await db
        .selectFrom('logout_delivery')
        .select('id')
        .where('dead_at', 'is not', null)
        .execute();
      world.logouts.length = 0;
      const sent = await forgeForm(world, agency, '/console/logouts/redelivery', {
        id: String(one?.id),
        deed: 'redeliver',
      });
      expect(sent.status).toBe(303);
      await eventually(() => expect(world.logouts).toHaveLength(1), 2500);
      await open('/console/logouts');
      await agency.submit((form) => form.action.endsWith('/redelivery'));
      await eventually(() => expect(world.logouts).toHaveLength(3), 2500);
      expect((await open('/console/logouts/dead-letters')).text).toContain('沒有已放棄的登出通知');
    });

    it('F1: are not for managers, nor for forged forms', async () => {
      expect((await open('/console/logouts', manager)).status).toBe(403);
      const evil = { origin: 'https://evil.example' };
      const forged = await forgeForm(world, agency, '/console/logouts/redelivery', { all: 'yes' }, evil);
      expect(forged.status).toBe(403);
    });
  });
});
