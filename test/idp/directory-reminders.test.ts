import { randomUUID } from 'node:crypto';
import { portalView } from '#idp/portal/view.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { rawRequest } from '../support/raw-http.ts';
import { post } from '../support/relying-party.ts';

/* Mails that a subsystem has written to whoever asked to be reminded. */

const SVC = 'P@00000001P@svc_01';

describe('reminders by mail', () => {
  let world: IdpWorld;
  let token: string;
  let facts: { unit: string; menu_roles: string[] };

  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
    const { db } = world.database;
    const from = await db
      .selectFrom('subsystem_account')
      .selectAll()
      .where('id', '=', 'P@00000001P@lab_01')
      .executeTakeFirstOrThrow();
    await db
      .insertInto('subsystem_account')
      .values({ ...from, id: SVC, subsystem_code: 'service', fields: '{}', menu_roles: ['r_one', 'r_two'] })
      .execute();
    await bind();
    facts = { unit: from.unit_code, menu_roles: ['r_one'] };
    const asked = {
      grant_type: 'client_credentials',
      scope: 'messages:send',
      resource: `${world.issuer}/api/v1`,
    };
    const { body } = await post(world, '/oidc/token', asked, { clientId: 'service-app' });
    token = String(body['access_token']);
  });
  afterAll(() => world.stop());
  beforeEach(() => world.database.query('delete from api_call_count where $1', [true]));

  async function bind(): Promise<void> {
    await world.database.query(
      `insert into binding (account_id, subsystem_account_id, name)
       select account_id, id, 'svc' from subsystem_account where id = $1`,
      [SVC],
    );
  }

  async function remind(extra: object = {}, base = world.issuer) {
    const body = {
      subsystem_account: SVC,
      ...facts,
      lines: [{ label: { 'zh-TW': '衛教指導未上傳資料', en: 'Education records missing' }, count: 52 }],
      link: `${world.rpOrigin}/todo`,
      settings: `${world.rpOrigin}/profile`,
      dedupe_key: randomUUID(),
      ...extra,
    };
    const { status, body: text } = await rawRequest(base, 'POST', '/api/v1/reminders', {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { ...(JSON.parse(text) as { error?: string }), status };
  }
  const mails = () =>
    world.database.db.selectFrom('mail_message').selectAll().where('kind', '=', 'N15').execute();

  it('N15: one mail of one key, however often and wherever it is asked for', async () => {
    const dedupe_key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 10 }, () => remind({ dedupe_key })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      ...Array<number>(9).fill(200),
      201,
    ]);
    expect(await mails()).toHaveLength(1);
  });

  it('N15: nobody is written to whose account is unbound, suspended, elsewhere or without the menu role', async () => {
    const before = (await mails()).length;
    const refused = { status: 404, error: 'unknown_account' };
    expect(await remind({ unit: '1132010024' })).toMatchObject(refused);
    expect(await remind({ menu_roles: ['r_one', 'r_three'] })).toMatchObject(refused);
    expect(await remind({ subsystem_account: 'P@00000001P@lab_01' })).toMatchObject(refused);
    const { db } = world.database;
    const set = (status: 'suspended' | 'active') =>
      db.updateTable('subsystem_account').set({ status }).where('id', '=', SVC).execute();
    await set('suspended');
    expect(await remind()).toMatchObject(refused);
    await set('active');
    await db.deleteFrom('binding').where('subsystem_account_id', '=', SVC).execute();
    expect(await remind()).toMatchObject(refused);
    await bind();
    expect(await mails()).toHaveLength(before);
    expect((await remind()).status).toBe(201);
  });

  it('leads to the subsystem alone, and takes no line of nothing', async () => {
    for (const extra of [
      { link: 'https://elsewhere.example/' },
      { settings: `${world.rpOrigin}.evil.example/` },
    ]) {
      expect(await remind(extra)).toMatchObject({ status: 422, error: 'foreign_link' });
    }
    expect((await remind({ lines: [] })).status).toBe(400);
    expect((await remind({ lines: [{ label: { 'zh-TW': 'x' }, count: 0 }] })).status).toBe(400);
    expect((await remind({ subject: 'mine' })).status).toBe(400);
  });

  it('M-07: a total on the portal says of when it is once its subsystem has been silent for two hours', () => {
    const now = new Date('2026-11-23T04:00:00Z');
    const account = { waiting: 3, subsystemCode: 'service', roleLabel: {}, dutyLabel: {} };
    const shown = (waitingAt: Date) =>
      portalView(
        {
          registry: { subsystem: () => ({ code: 'service', colour: 1, name: { en: 'S', 'zh-TW': 'S' } }) },
          ...{ board: { restriction: () => undefined }, now, demo: false },
        } as never,
        { session: { personName: 'x' }, accounts: [{ ...account, waitingAt }], news: [] } as never,
        'en',
      ).groups[0]?.accounts[0]?.waitingAsOf;
    expect(shown(new Date('2026-11-23T02:00:00Z'))).toBeUndefined();
    expect(shown(new Date('2026-11-23T01:59:59Z'))).toEqual(new Date('2026-11-23T01:59:59Z'));
  });
});
