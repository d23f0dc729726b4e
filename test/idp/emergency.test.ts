import * as oidc from 'openid-client';
import { eventually } from '../support/eventually.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey, Page } from '../support/journey.ts';
import { type RelyingParty, browserOf, createRelyingParty } from '../support/relying-party.ts';

const LAB_1 = 'P@00000001P@lab_01';
const WITHIN_MS = 1000;
const EMERGENCY = '/console/emergency';

describe('emergency', () => {
  let world: IdpWorld;
  let rp: RelyingParty;
  let agency: Journey;
  let nurseId: string;

  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
    rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    agency = await portalOf(world, 'demo.hpa');
    const { id } = await world.database.db
      .selectFrom('account')
      .select('id')
      .where('login_name', '=', 'demo.nurse')
      .executeTakeFirstOrThrow();
    nurseId = id;
  });
  afterAll(() => world.stop());

  const open = (path: string, browser = agency): Promise<Page> => browser.open(world.issuer + path);
  const tokens = async () => {
    const browser = browserOf(world);
    return rp.redeem(await rp.authorize(browser, {}, { loginName: 'demo.nurse', account: LAB_1 }));
  };
  const statuses = (token: string): Promise<number[]> =>
    Promise.all(
      world.replicaUrls.map(async (base) => {
        const answer = await fetch(`${base}/oidc/userinfo`, {
          headers: { authorization: `Bearer ${token}` },
        });
        return answer.status;
      }),
    );

  it('ends every session, grant and token within a second on two replicas, browserless ones too, and reports', async () => {
    const one = await tokens();
    const two = await tokens();
    // a grant as a device or CIBA leaves it: no browser's session holds it, its token outlives sign-out
    const browserless = await tokens();
    const { db } = world.database;
    const grants = await db
      .selectFrom('oidc_grant')
      .select(['id', 'session_uid'])
      .where('account_id', '=', nurseId)
      .execute();
    expect(grants).toHaveLength(3);
    const last = await db
      .selectFrom('oidc_session')
      .select('uid')
      .where('account_id', '=', nurseId)
      .orderBy('login_at', 'desc')
      .orderBy('active_at', 'desc')
      .executeTakeFirstOrThrow();
    await db
      .updateTable('oidc_grant')
      .set({ session_uid: null })
      .where('session_uid', '=', last.uid)
      .execute();
    world.logouts.length = 0;

    await open(`${EMERGENCY}/stop?login=demo.nurse`);
    expect(agency.page()?.text).toContain('結束 3 個登入');
    expect(agency.page()?.text).toContain('其中 1 個不經瀏覽器');
    const stoppedAt = performance.now();
    const report = await agency.submit((form) => 'reason' in form.fields, {
      reason: '帳號遭盜用 <script>alert(1)</script>',
    });
    await eventually(async () => {
      for (const { access_token: token } of [one, two, browserless])
        expect(await statuses(token)).toEqual([401, 401]);
    }, WITHIN_MS);
    expect(performance.now() - stoppedAt).toBeLessThan(WITHIN_MS + 1000);
    for (const { refresh_token: refresh = '' } of [one, two, browserless]) {
      await expect(oidc.refreshTokenGrant(rp.config, refresh)).rejects.toMatchObject({
        error: 'invalid_grant',
      });
    }
    expect(
      await db.selectFrom('oidc_grant').select('id').where('account_id', '=', nurseId).execute(),
    ).toEqual([]);
    await eventually(() => {
      const subjects = world.logouts.filter(({ claims }) => claims['sub'] === nurseId);
      expect(subjects.length).toBeGreaterThanOrEqual(3);
      expect(subjects.some(({ claims }) => claims['sid'] === undefined)).toBe(true);
    }, 1500);

    expect(report.text).toContain('已停權');
    expect(report.text).toContain('lab-app');
    expect(report.text).toContain(LAB_1);
    expect(report.html).not.toContain('<script>alert(1)'); // F14
    const audit = await db
      .selectFrom('audit_event')
      .selectAll()
      .where('type', '=', 'account.stopped')
      .executeTakeFirstOrThrow();
    expect(audit).toMatchObject({
      account_id: nurseId,
      details: { sessions: 3, browserless: 1, clientsTold: ['lab-app'], via: 'console' },
    });
    const blocked = browserOf(world);
    const page = await rp.authorize(blocked, {}, { loginName: 'demo.nurse' });
    expect(page.callback.origin).toBe(world.issuer);
  });

  it('F5: nobody else lets a stopped person back in, not even the manager of the unit', async () => {
    const manager = await portalOf(world, 'demo.manager');
    const path = `/console/accounts/${nurseId}/enabling`;
    const page = await open(path, manager);
    expect(page.text).toContain('只能由國健署或平台維運在緊急停權頁恢復');
    await forgeForm(world, manager, path, { reason: 'back at work' });
    const { status } = await world.database.db
      .selectFrom('account')
      .select('status')
      .where('id', '=', nurseId)
      .executeTakeFirstOrThrow();
    expect(status).toBe('disabled');
  });

  it('lets the person back in only by a deed of its own, with its reason; the report stays', async () => {
    const list = await open(EMERGENCY);
    const url = /href="(\/console\/emergency\/\d+)"/.exec(list.html)?.[1] ?? '';
    await open(`${url}/enabling`);
    expect((await agency.submit((form) => 'reason' in form.fields, { reason: '' })).status).toBe(422);
    const enabled = await agency.submit((form) => 'reason' in form.fields, { reason: '已查明並重設' });
    expect(enabled.text).toContain('帳號已恢復');
    expect(enabled.text).toContain('已查明並重設');
    const browser = browserOf(world);
    const { access_token: token } = await rp.redeem(
      await rp.authorize(browser, {}, { loginName: 'demo.nurse', account: LAB_1 }),
    );
    expect(await statuses(token)).toEqual([200, 200]);
    const again = await forgeForm(world, agency, `${url}/enabling`, { reason: 'again' });
    expect(again.status).toBe(404);
  });

  it('F5: stops nobody by a manager, a forged form, or oneself', async () => {
    const manager = await portalOf(world, 'demo.manager');
    expect((await open(EMERGENCY, manager)).status).toBe(403);
    expect((await open(`${EMERGENCY}/stop?login=demo.nurse`, manager)).status).toBe(403);
    const fields = { login: 'demo.nurse', reason: 'x' };
    const evil = { origin: 'https://evil.example' };
    expect((await forgeForm(world, agency, `${EMERGENCY}/stop`, fields, evil)).status).toBe(403);
    const own = await open(`${EMERGENCY}/stop?login=demo.hpa`);
    expect(own.status).toBe(422);
    expect(own.text).toContain('不能停用自己的帳號');
    expect((await open(`${EMERGENCY}/stop?login=nobody.here`)).text).toContain('沒有這個帳號');
    const { status } = await world.database.db
      .selectFrom('account')
      .select('status')
      .where('login_name', '=', 'demo.nurse')
      .executeTakeFirstOrThrow();
    expect(status).toBe('active');
  });
});
