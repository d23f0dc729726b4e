import * as oidc from 'openid-client';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import { forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import {
  ACCESS_TOKEN,
  EXCHANGE,
  type RelyingParty,
  browserOf,
  createRelyingParty,
  post,
} from '../support/relying-party.ts';

const LAB_1 = 'P@00000001P@lab_01';
const LAB_2 = 'P@00000001P@lab_02';
const AT_ONCE = 50;
const NEW_PASSWORD = 'Sturdy*Boat7Lamp';

/** What is done between the sign-in and the exchange, each alone and straight in the database where it can be. */
type Deed = (browser: Journey, token: string) => Promise<unknown>;

describe('an exchange looks at everything as it is now', () => {
  let world: IdpWorld;
  let lab: RelyingParty;

  beforeAll(async () => {
    world = await startIdpWorld();
    lab = await createRelyingParty(world, 'lab-app', { pushed: true });
    const [row] = await world.database.query<{ hash: string }>(
      `select w.hash from password_credential w join account on id = w.account_id where ${own} and $1::boolean`,
      [true],
    );
    usualHash = row?.hash ?? '';
  });
  afterAll(() => world.stop());

  const sql =
    (text: string, ...values: unknown[]): Deed =>
    () =>
      world.database.query(text, values.length > 0 ? values : [true]);
  const own = "login_name = 'demo.nurse'";
  let usualHash = '';

  it.each<[string, Deed, string, Deed]>([
    [
      'C3: the token is revoked',
      (_browser, token) => oidc.tokenRevocation(lab.config, token),
      'invalid_request',
      sql('select $1::boolean'),
    ],
    [
      'C3: the person has signed out',
      (browser) => forgeForm(world, browser, '/sign-out', {}),
      'invalid_request',
      sql('select $1::boolean'),
    ],
    [
      'C3: the session is past its limit, not yet swept away',
      sql(`update oidc_session set expires_at = now() - interval '1 second' where $1::boolean`),
      'invalid_request',
      sql('select $1::boolean'),
    ],
    [
      'C3: the token has expired',
      sql(`update artefact_minutes set payload = payload || '{"exp":1}' where $1::boolean`),
      'invalid_request',
      sql('select $1::boolean'),
    ],
    [
      'C3: the password was changed in another browser',
      async () => {
        const aged = `update password_credential set changed_at = now() - interval '9 days' where $1`;
        await world.database.query(aged, [true]);
        const other = await portalOf(world, 'demo.nurse');
        await other.open(`${world.issuer}/account/password`);
        await other.submit(({ fields }) => 'current_password' in fields, {
          current_password: DEMO_PASSWORD,
          new_password: NEW_PASSWORD,
          repeat_password: NEW_PASSWORD,
        });
        const [row] = await world.database.query<{ hash: string }>(
          `select w.hash from password_credential w join account on id = w.account_id where ${own} and $1::boolean`,
          [true],
        );
        expect(row?.hash).not.toBe(usualHash);
      },
      'invalid_request',
      () =>
        world.database.query(
          `update password_credential set hash = $1 where account_id = (select id from account where ${own})`,
          [usualHash],
        ),
    ],
    [
      'C4: the account acted as was merged into another person’s',
      sql(
        `update subsystem_account set account_id = (select id from account where login_name = 'demo.manager') where id = $1`,
        LAB_1,
      ),
      'invalid_request',
      sql(
        `update subsystem_account set account_id = (select id from account where ${own}) where id = $1`,
        LAB_1,
      ),
    ],
    [
      'C4: the target was erased',
      async () => {
        await world.database.query(
          `create table erased as select * from subsystem_account where id = '${LAB_2}'`,
          [],
        );
        await world.database.query('delete from binding where subsystem_account_id = $1', [LAB_2]);
        await world.database.query('delete from subsystem_account where id = $1', [LAB_2]);
      },
      'invalid_target',
      async () => {
        await world.database.query('insert into subsystem_account select * from erased where $1', [true]);
        await bind();
      },
    ],
    [
      'C4: the person alone is disabled',
      sql(`update account set status = 'disabled' where ${own} and $1::boolean`),
      'invalid_request',
      sql(`update account set status = 'active' where ${own} and $1::boolean`),
    ],
    [
      'C4: the person’s account has run out',
      sql(`update account set expires_at = now() where ${own} and $1::boolean`),
      'invalid_request',
      sql(`update account set expires_at = null where ${own} and $1::boolean`),
    ],
    [
      'C4: the account acted as is disabled',
      sql(`update subsystem_account set status = 'disabled' where id = $1`, LAB_1),
      'invalid_request',
      sql(`update subsystem_account set status = 'active' where id = $1`, LAB_1),
    ],
    [
      'C4: the target alone is disabled',
      sql(`update subsystem_account set status = 'disabled' where id = $1`, LAB_2),
      'invalid_target',
      sql(`update subsystem_account set status = 'active' where id = $1`, LAB_2),
    ],
    [
      'C1: the target is suspended',
      sql(
        `update subsystem_account set status = 'suspended', suspended_because = 'idle' where id = $1`,
        LAB_2,
      ),
      'invalid_target',
      sql(`update subsystem_account set status = 'active', suspended_because = null where id = $1`, LAB_2),
    ],
    [
      'C1: the binding of the target was removed a moment ago',
      sql('delete from binding where subsystem_account_id = $1', LAB_2),
      'invalid_target',
      () => bind(),
    ],
    [
      'C1: the target has become another person’s',
      sql(
        `update subsystem_account set account_id = (select id from account where login_name = 'demo.manager') where id = $1`,
        LAB_2,
      ),
      'invalid_target',
      sql(
        `update subsystem_account set account_id = (select id from account where ${own}) where id = $1`,
        LAB_2,
      ),
    ],
  ])('%s', async (_what, happens, error, undo) => {
    const browser = browserOf(world);
    const token = await enter(browser);
    try {
      await happens(browser, token);
      expect(await exchange(token)).toMatchObject({ status: 400, body: { error } });
    } finally {
      await undo(browser, token);
    }
    const again = await exchange(await enter(browserOf(world)));
    expect(again.status).toBe(200);
  });

  it(`C20: of ${AT_ONCE} at once with an unbinding, at most one is granted and none lives after it`, async () => {
    const token = await enter(browserOf(world));
    const [answers] = await Promise.all([
      Promise.all(Array.from({ length: AT_ONCE }, () => exchange(token))),
      world.database.query('delete from binding where subsystem_account_id = $1', [LAB_2]),
    ]);
    const granted = answers.filter(({ status }) => status === 200);
    expect(granted.length).toBeLessThanOrEqual(1);
    for (const { body } of granted) {
      const seen = await oidc.tokenIntrospection(lab.config, String(body['access_token']));
      expect(seen).toEqual({ active: false });
    }
    for (const { status, body } of answers.filter((answer) => !granted.includes(answer))) {
      expect(status).toBe(400);
      expect(body['error']).toMatch(/^invalid_(target|request)$/);
    }
    await bind();
    const { db } = world.database;
    const records = await db
      .selectFrom('audit_event')
      .select('id')
      .where('type', '=', 'account.switched')
      .execute();
    expect(records.length).toBeGreaterThanOrEqual(AT_ONCE); // C22: each its own
  });

  const bind = () =>
    world.database.query(
      `insert into binding (subsystem_account_id, account_id, name)
       select id, account_id, '實驗二' from subsystem_account where id = $1 on conflict do nothing`,
      [LAB_2],
    );

  async function enter(browser: Journey): Promise<string> {
    const sign = { loginName: 'demo.nurse', account: LAB_1 };
    return (await lab.redeem(await lab.authorize(browser, {}, sign))).access_token;
  }

  function exchange(token: string) {
    const subject = { subject_token: token, subject_token_type: ACCESS_TOKEN };
    return post(
      world,
      '/oidc/token',
      { grant_type: EXCHANGE, ...subject, account: LAB_2 },
      { clientId: 'lab-app' },
    );
  }
});
