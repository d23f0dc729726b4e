import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import * as oidc from 'openid-client';
import { eventually } from '../support/eventually.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { type RelyingParty, browserOf, createRelyingParty } from '../support/relying-party.ts';

const LAB_1 = 'P@00000001P@lab_01';
const CONSOLE_ACCOUNT = `/console/subsystem-accounts/${encodeURIComponent(LAB_1)}`;
const EVERY = ['lab-app', 'spa-app'];
const LAB = ['lab-app'];
/** Delivered within a second when the client answers; the rest is this machine's. */
const WITHIN_MS = 2500;

interface Ground {
  browser: Journey;
  uid: string;
}

describe('what ends when: each cause tells every client of what ended, and no other', () => {
  let world: IdpWorld;
  let parties: RelyingParty[];
  let agency: Journey;

  beforeAll(async () => {
    world = await startIdpWorld();
    parties = [
      await createRelyingParty(world, 'lab-app', { pushed: true }),
      await createRelyingParty(world, 'spa-app', { authentication: oidc.None() }),
    ];
    agency = await portalOf(world, 'demo.hpa');
  });
  afterAll(() => world.stop());

  const query = (text: string, ...values: unknown[]) =>
    world.database.query<Record<string, unknown>>(text, values);
  const idOf = async (loginName: string): Promise<string> =>
    String((await query('select id from account where login_name = $1', loginName))[0]?.['id']);
  const command = async (...args: string[]): Promise<void> => {
    expect(await world.command(...args)).toMatchObject({ code: 0 });
  };
  const post = async (
    browser: Journey,
    path: string,
    fields: Record<string, string> | [string, string][],
  ): Promise<void> => {
    const answer = await forgeForm(world, browser, path, new URLSearchParams(fields));
    expect([path, answer.status]).toEqual([path, 303]);
  };
  const changeAccess = async (change: Partial<Record<'role' | 'duty' | 'status' | 'menu', string>>) => {
    const [was] = await query(
      'select role, duty, menu_roles, status from subsystem_account where id = $1',
      LAB_1,
    );
    const { role, duty, menu_roles: menuRoles, status } = was as Record<string, string>;
    const now = { role: role ?? '', duty: duty ?? '', status: status ?? '', menu: 'reader', ...change };
    await post(agency, CONSOLE_ACCOUNT, [
      ['was', JSON.stringify({ role, duty, menuRoles, status })],
      ['role', now.role],
      ['duty', now.duty],
      ['status', now.status],
      ['reason', '測試'],
      [`menu_role.${now.duty}`, now.menu],
    ]);
  };
  const elsewhere = () => portalOf(world, 'demo.nurse');
  const expire = (uid: string) => query('update oidc_session set expires_at = now() where uid = $1', uid);
  const signOutAtClient = async ({ browser }: Ground): Promise<void> => {
    const [lab] = parties;
    if (!lab) return;
    await browser.open(oidc.buildEndSessionUrl(lab.config, { client_id: 'lab-app' }).href);
    await browser.submit(
      (form) => 'xsrf' in form.fields,
      {},
      ({ name }) => name === 'logout',
    );
  };
  const changePassword = async (): Promise<void> => {
    const id = await idOf('demo.nurse');
    await query(
      "update password_credential set changed_at = now() - interval '9 days' where account_id = $1",
      id,
    );
    await post(await elsewhere(), '/account/password', {
      current_password: DEMO_PASSWORD,
      new_password: 'Another*2026Nurse',
      repeat_password: 'Another*2026Nurse',
    });
  };

  const nothing = (): Promise<void> => Promise.resolve();

  it('the delay is measured from the deed to the answer, and shown', async () => {
    const { browser } = await enter();
    await query('delete from logout_delivery where $1', true);
    const held = 700;
    world.onLogout = () => new Promise((resolve) => setTimeout(resolve, held));
    await post(browser, '/sign-out', {});
    const delays = await delaysSince(0);
    world.onLogout = undefined;
    expect(delays).toHaveLength(2);
    for (const ms of delays) expect(ms).toBeGreaterThanOrEqual(held);
    const page = await agency.open(`${world.issuer}/console/logouts`);
    const shown = Math.round(Math.max(...delays)).toLocaleString('en');
    expect(page.text.replaceAll(/[,\s]/g, '')).toContain(shown.replaceAll(',', ''));
  });

  it.each<
    [cause: string, told: string[], deed: (at: Ground) => Promise<unknown>, undo: () => Promise<unknown>]
  >([
    ['the person signs out at the portal', EVERY, ({ browser }) => post(browser, '/sign-out', {}), nothing],
    ['the person signs out by way of one client', EVERY, signOutAtClient, nothing],
    [
      'the person signs out everywhere, from elsewhere',
      EVERY,
      async () => post(await elsewhere(), '/account/sessions/others/removal', {}),
      nothing,
    ],
    ['the session reaches its limit', EVERY, ({ uid }) => expire(uid), nothing],
    [
      'an administrator ends the session',
      EVERY,
      ({ uid }) => post(agency, '/console/sessions/ending', { id: uid, reason: '測試' }),
      nothing,
    ],
    [
      'the person is disabled',
      EVERY,
      () => command('accounts', 'disable', 'demo.nurse', '--reason', 'x'),
      () => command('accounts', 'enable', 'demo.nurse', '--reason', 'x'),
    ],
    [
      'the subsystem account is disabled',
      LAB,
      () => command('subsystem-accounts', 'disable', LAB_1, '--reason', 'x'),
      () => command('subsystem-accounts', 'enable', LAB_1, '--reason', 'x'),
    ],
    ['its role changes', LAB, () => changeAccess({ role: 'lead' }), () => changeAccess({ role: 'member' })],
    [
      'the person unbinds it',
      LAB,
      ({ browser }) => post(browser, `/account/bindings/${encodeURIComponent(LAB_1)}/removal`, {}),
      nothing,
    ],
    ['the person changes the password elsewhere', EVERY, changePassword, nothing],
  ])('%s', async (_cause, told, deed, undo) => {
    const ground = await enter();
    const nurse = await idOf('demo.nurse');
    world.logouts.length = 0;
    const [last] = await query('select coalesce(max(id), 0) as id from logout_delivery where $1', true);
    await deed(ground);
    await eventually(() => expect(world.logouts.map(({ client }) => client).sort()).toEqual(told), 8000);
    for (const { claims } of world.logouts) {
      expect(claims).toMatchObject({ sub: nurse, sid: expect.any(String) });
    }
    const delays = await delaysSince(last?.['id']);
    expect(delays).toHaveLength(told.length);
    for (const ms of delays) expect(ms).toBeLessThan(WITHIN_MS);
    await undo();
    await query('delete from oidc_session where account_id = $1', nurse);
  });

  /** Signed in at both clients in one session. */
  async function enter(): Promise<Ground> {
    const browser = browserOf(world);
    const accounts = [LAB_1, 'P@00000001P@spa_01'];
    for (const [at, party] of parties.entries()) {
      const sign = at === 0 ? { loginName: 'demo.nurse' } : undefined;
      await party.redeem(await party.authorize(browser, { account: accounts[at] ?? '' }, sign));
    }
    const sessions = await query(
      `select distinct s.uid from oidc_session s join oidc_session_client c on c.session_uid = s.uid
       where s.account_id = $1 and c.grant_id is not null`,
      await idOf('demo.nurse'),
    );
    expect(sessions).toHaveLength(1);
    return { browser, uid: String(sessions[0]?.['uid']) };
  }

  /** Of logouts queued after `id`, once all of them are delivered: from the deed to the delivery, in milliseconds. */
  async function delaysSince(id: unknown): Promise<number[]> {
    let rows: Record<string, unknown>[] = [];
    await eventually(async () => {
      rows = await query(
        'select extract(epoch from delivered_at - created_at) * 1000 as ms from logout_delivery where id > $1',
        id,
      );
      expect(rows.filter(({ ms }) => ms === null)).toEqual([]);
    });
    return rows.map(({ ms }) => Number(ms));
  }
});
