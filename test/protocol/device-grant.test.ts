import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { type DeviceWorld, startDeviceWorld } from '../support/device.ts';
import { signIn } from '../support/journey.ts';
import { ACCESS_TOKEN, EXCHANGE, browserOf, createRelyingParty, post } from '../support/relying-party.ts';

const LAB_1 = 'P@00000001P@lab_01';
const LAB_2 = 'P@00000001P@lab_02';
const LEAD = 'P@00000001P@lab_03';

describe('RFC 8628: what a device is granted', () => {
  let world: DeviceWorld;

  beforeAll(async () => {
    world = await startDeviceWorld();
  });
  afterAll(() => world.stop());

  it('an account that wants a second factor is asked for it in the same journey, and acr says so', async () => {
    const asked = await world.ask();
    const without = browserOf(world);
    await world.typeCode(without, asked.user_code);
    await world.press(without, 'confirm');
    await expect(signIn(without, 'demo.nurse', { account: LEAD })).rejects.toThrow('has no second factor');
    const offered = without.page()?.forms ?? []; // who has none sets one up
    expect(offered.some(({ action }) => action.endsWith('/second-factor-enrolment'))).toBe(true);
    expect((await world.fetchTokens(asked.device_code)).body).toMatchObject({
      error: 'authorization_pending',
    });

    const { db } = world.database;
    const { id: accountId } = await db
      .selectFrom('account')
      .select('id')
      .where('login_name', '=', 'demo.manager')
      .executeTakeFirstOrThrow();
    await db.updateTable('subsystem_account').set({ account_id: accountId }).where('id', '=', LEAD).execute();
    await db
      .updateTable('binding')
      .set({ account_id: accountId })
      .where('subsystem_account_id', '=', LEAD)
      .execute();
    const strong = await world.ask();
    const browser = browserOf(world);
    await world.typeCode(browser, strong.user_code);
    await world.press(browser, 'confirm');
    expect((await signIn(browser, 'demo.manager')).text).toContain('裝置已登入');
    const { body } = await world.fetchTokens(strong.device_code);
    expect(decodeJwt(body['id_token'] as string)).toMatchObject({
      acr: 'urn:single-entry:acr:mfa',
      subsystem_account: { id: LEAD },
    });
  });

  it('what the browser has at the client stays as it was, and the device’s grant outlives its sign-out', async () => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const browser = browserOf(world);
    const own = await rp.redeem(await rp.authorize(browser, {}, { loginName: 'demo.nurse', account: LAB_1 }));
    const asked = await world.ask();
    await world.typeCode(browser, asked.user_code);
    await world.press(browser, 'confirm');
    await signIn(browser, 'demo.nurse', { account: LAB_2 });
    const { body } = await world.fetchTokens(asked.device_code);
    expect((await world.userinfo(own.access_token)).body).toMatchObject({ subsystem_account: { id: LAB_1 } });
    await browser.open(`${world.issuer}/`);
    await browser.submit((form) => form.action.endsWith('/sign-out'));
    expect((await world.userinfo(own.access_token)).status).toBe(401);
    expect((await world.userinfo(body['access_token'] as string)).body).toMatchObject({
      subsystem_account: { id: LAB_2 },
    });
    expect(await world.refresh(body['refresh_token'] as string)).toMatchObject({ status: 200 });
  });

  it('exchange makes another grant without a session; 20 at once make one', async () => {
    const tokens = await world.tokensFor(LAB_1);
    const exchange = (base?: string) =>
      post(
        world,
        '/oidc/token',
        {
          grant_type: EXCHANGE,
          subject_token: tokens.access_token,
          subject_token_type: ACCESS_TOKEN,
          account: LAB_2,
        },
        { clientId: 'lab-app', ...(base !== undefined && { base }) },
      );
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_none, at) => exchange(world.replicaUrls[at % 2])),
    );
    const [won, ...more] = answers.filter(({ status }) => status === 200);
    expect(more).toEqual([]);
    expect(decodeJwt(won?.body['id_token'] as string)).toMatchObject({
      acr: 'urn:single-entry:acr:password',
      subsystem_account: { id: LAB_2 },
    });
    expect((await world.userinfo(tokens.access_token)).status).toBe(401);
    expect(await world.refresh(tokens.refresh_token)).toMatchObject({ body: { error: 'invalid_grant' } });
    expect(await world.refresh(won?.body['refresh_token'] as string)).toMatchObject({ status: 200 });
    const [grant] = await world.database.db
      .selectFrom('oidc_grant')
      .select('session_uid')
      .where('subsystem_account_id', '=', LAB_2)
      .orderBy('expires_at', 'desc')
      .execute();
    expect(grant?.session_uid).toBeNull();
  });

  it('signing out everywhere ends it with the sessions', async () => {
    const tokens = await world.tokensFor(LAB_1);
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const browser = browserOf(world);
    for (const each of [browserOf(world), browser]) {
      await rp.authorize(each, {}, { loginName: 'demo.nurse', account: LAB_1 });
    }
    expect((await world.userinfo(tokens.access_token)).status).toBe(200);
    await browser.open(`${world.issuer}/account/sessions`);
    await browser.submit((form) => form.action.endsWith('/others/removal'));
    expect((await world.userinfo(tokens.access_token)).status).toBe(401);
    expect(await world.refresh(tokens.refresh_token)).toMatchObject({ body: { error: 'invalid_grant' } });
  });

  it('dies with unbinding, revocation and disabling, before and after the tokens are fetched', async () => {
    const { db } = world.database;
    const revoked = await world.tokensFor(LAB_1);
    const rp = await createRelyingParty(world, 'lab-app');
    await oidc.tokenRevocation(rp.config, revoked.refresh_token);
    expect((await world.userinfo(revoked.access_token)).status).toBe(401);

    const tokens = await world.tokensFor(LAB_1);
    const approved = await world.ask();
    await world.approve(approved.user_code, LAB_1);
    const binding = await db
      .deleteFrom('binding')
      .where('subsystem_account_id', '=', LAB_1)
      .returningAll()
      .executeTakeFirstOrThrow();
    expect((await world.userinfo(tokens.access_token)).status).toBe(401);
    expect(await world.refresh(tokens.refresh_token)).toMatchObject({ body: { error: 'invalid_grant' } });
    expect((await world.fetchTokens(approved.device_code)).body).toMatchObject({ error: 'invalid_grant' });
    await db.insertInto('binding').values(binding).execute();

    const last = await world.tokensFor(LAB_1);
    const waiting = await world.ask();
    await world.approve(waiting.user_code, LAB_1);
    expect(await world.command('accounts', 'disable', 'demo.nurse', '--reason', 'left')).toMatchObject({
      code: 0,
    });
    expect((await world.userinfo(last.access_token)).status).toBe(401);
    expect(await world.refresh(last.refresh_token)).toMatchObject({ body: { error: 'invalid_grant' } });
    expect((await world.fetchTokens(waiting.device_code)).body).toMatchObject({ error: 'invalid_grant' });
    await world.command('accounts', 'enable', 'demo.nurse', '--reason', 'back');
  });
});
