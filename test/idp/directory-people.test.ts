import { randomUUID } from 'node:crypto';
import * as oidc from 'openid-client';
import { decodeJwt } from 'jose';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { rawRequest } from '../support/raw-http.ts';
import { type RelyingParty, browserOf, createRelyingParty, post } from '../support/relying-party.ts';

const SCOPES = 'accounts:read managers:read reviews:read reviews:decide sign_ins:read';
const HOSPITAL = '9876543210';
const MANAGER = 'P@00000002P@mbh_01';
const NURSE = 'P@00000001P@mbh_01';

interface Answer {
  status: number;
  json: Record<string, unknown>;
}

describe('the directory API for people and their subsystem', () => {
  let world: IdpWorld;
  let mch: RelyingParty;
  let resource: string;

  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
    resource = `${world.issuer}/api/v1`;
    mch = await createRelyingParty(world, 'mch-app', { pushed: true });
  });
  afterAll(() => world.stop());

  /** Signs the person in at mch-app and trades the refresh token for one for the API. */
  async function tokenOf(loginName: string, account: string, scope = SCOPES) {
    const browser = browserOf(world);
    const asked = { resource, scope: `openid subsystem_account ${scope}`, account };
    const tokens = await mch.redeem(await mch.authorize(browser, asked, { loginName, account }));
    const api = await oidc.refreshTokenGrant(mch.config, tokens.refresh_token ?? '', { resource });
    return { browser, tokens, token: api.access_token };
  }

  async function call(
    token: string,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    base = world.issuer,
  ): Promise<Answer> {
    const answer = await rawRequest(base, method, `/api/v1${path}`, {
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, json: JSON.parse(answer.body) as Record<string, unknown> };
  }

  const clientToken = async (scope: string): Promise<string> => {
    const asked = { grant_type: 'client_credentials', resource, scope };
    const { body } = await post(world, '/oidc/token', asked, { clientId: 'mch-app' });
    return String(body['access_token']);
  };
  const addRequest = async (unit = HOSPITAL): Promise<string> => {
    const { db } = world.database;
    const applicant = await db
      .selectFrom('account')
      .select('id')
      .where('login_name', '=', 'demo.new')
      .executeTakeFirstOrThrow();
    const { id } = await db
      .insertInto('subsystem_request')
      .values({
        account_id: applicant.id,
        subsystem_code: 'mch',
        unit_code: unit,
        role: 'mch_user',
        duty: 'medical',
        menu_roles: ['mi_antenatal'],
        status: 'submitted',
        chain: ['subsystem_manager'],
        level: 'own',
        created_at: new Date(),
        submitted_at: new Date(),
        fields: '{}',
      } as never)
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  };

  it('a manager reads the accounts of the own unit at the own subsystem, and nothing else', async () => {
    const { token } = await tokenOf('demo.manager', MANAGER);
    expect(decodeJwt(token)).toMatchObject({ aud: resource, client_id: 'mch-app', scope: SCOPES });
    const { status, json } = await call(token, 'GET', '/subsystem-accounts');
    expect(status).toBe(200);
    const accounts = json['accounts'] as { id: string; unit: { code: string } }[];
    expect(accounts.map(({ id }) => id)).toEqual(expect.arrayContaining([NURSE, MANAGER]));
    expect(new Set(accounts.map(({ unit }) => unit.code))).toEqual(new Set([HOSPITAL]));
    expect(accounts.every(({ id }) => id.includes('@mbh_'))).toBe(true);
    expect(JSON.stringify(json)).not.toMatch(/national|[A-Z][12]\d{8}/);

    const read = await call(token, 'GET', `/subsystem-accounts/${NURSE}`);
    expect(read.json).toMatchObject({ id: NURSE, status: 'active', usable: true });
    const bound = await world.database.db
      .deleteFrom('binding')
      .where('subsystem_account_id', '=', NURSE)
      .returningAll()
      .executeTakeFirstOrThrow();
    const asked = await call(await clientToken('accounts:read'), 'GET', `/subsystem-accounts/${NURSE}`);
    expect(asked.json).toMatchObject({ status: 'active', usable: false, menu_roles: expect.any(Array) });
    await world.database.db.insertInto('binding').values(bound).execute();

    for (const id of ['P@00000001P@mbh_02', 'P@00000001P@ccs_01', 'P@99999999P@mbh_01', '%00']) {
      const one = await call(token, 'GET', `/subsystem-accounts/${encodeURIComponent(id)}`);
      expect([id, one.status]).toEqual([id, 404]); // F2: another unit, another subsystem, nobody
    }
    expect((await call(token, 'GET', '/subsystem-accounts?unit=2311170010')).json).toEqual({ accounts: [] });
    expect((await call(token, 'GET', '/units/2311170010/managers')).status).toBe(404);
    const managers = await call(token, 'GET', `/units/${HOSPITAL}/managers`);
    expect(managers.json['managers']).toEqual([expect.objectContaining({ role: 'mch_manager' })]);
  });

  it('F4: who manages nothing sees whom to turn to, and no more', async () => {
    const { token } = await tokenOf('demo.nurse', NURSE);
    expect((await call(token, 'GET', `/units/${HOSPITAL}/managers`)).status).toBe(200);
    for (const path of ['/subsystem-accounts', '/reviews', '/sign-in-events']) {
      expect([path, (await call(token, 'GET', path)).status]).toEqual([path, 403]);
    }
    expect((await call(token, 'GET', `/subsystem-accounts/${NURSE}`)).status).toBe(404);
    const write = await call(token, 'PUT', `/subsystem-accounts/${NURSE}/todo-counts`, { counts: [] });
    expect([write.status, write.json['error']]).toEqual([403, 'insufficient_scope']);
  });

  it('is worth nothing the moment its grant is over, at every replica', async () => {
    const { token, browser, tokens } = await tokenOf('demo.manager', MANAGER);
    await mch.exchange(tokens.access_token, MANAGER).catch(() => undefined); // to oneself changes nothing or all
    const fresh = await tokenOf('demo.manager', MANAGER);
    await browser.open(`${world.issuer}/`);
    await browser.submit((form) => form.action === '/sign-out');
    for (const replica of world.replicaUrls) {
      expect((await call(token, 'GET', '/reviews', undefined, {}, replica)).status).toBe(401);
      expect((await call(fresh.token, 'GET', '/reviews', undefined, {}, replica)).status).toBe(200);
    }
    await world.database.db
      .updateTable('account')
      .set({ status: 'disabled' })
      .where('login_name', '=', 'demo.manager')
      .execute();
    expect((await call(fresh.token, 'GET', '/reviews')).status).toBe(401);
    await world.database.db
      .updateTable('account')
      .set({ status: 'active' })
      .where('login_name', '=', 'demo.manager')
      .execute();
  });

  it('SM-04: a manager reads and decides what waits for them; once, under twenty tries', async () => {
    const { token } = await tokenOf('demo.manager', MANAGER);
    const id = await addRequest();
    const foreign = await addRequest('2311170010');
    const list = await call(token, 'GET', '/reviews');
    expect(list.json['waiting']).toBe(1);
    expect(list.json['reviews']).toEqual([expect.objectContaining({ id, role: 'mch_user' })]);
    const one = await call(token, 'GET', `/reviews/${id}`);
    expect(one.json).toMatchObject({ may_decide: true, menu_roles: ['mi_antenatal'], status: 'submitted' });
    expect((await call(token, 'GET', `/reviews/${foreign}`)).status).toBe(404);
    const decision = { decision: 'approve', comment: '符合資格', version: one.json['version'] };
    expect((await call(token, 'POST', `/reviews/${foreign}/decision`, decision)).status).toBe(404);
    const silent = await call(token, 'POST', `/reviews/${id}/decision`, { ...decision, comment: ' ' });
    expect(silent.status).toBe(400);

    const key = { 'idempotency-key': randomUUID() };
    const tries = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        call(
          token,
          'POST',
          `/reviews/${id}/decision`,
          decision,
          at < 10 ? {} : key,
          world.replicaUrls[at % 2],
        ),
      ),
    );
    // under one key the answer of the try that decided is given again
    const decided = (answers: Answer[]) => answers.filter(({ status }) => status === 200).length;
    expect(decided(tries.slice(0, 10)) + Math.min(1, decided(tries.slice(10)))).toBe(1);
    expect(new Set(tries.map(({ status }) => status))).toEqual(new Set([200, 409]));
    const opened = await world.database.db
      .selectFrom('subsystem_account')
      .select('status')
      .where('id', '=', 'P@00000006P@mbh_02')
      .execute();
    expect(opened).toEqual([{ status: 'active' }]);
    const next = world.database.db.selectFrom('subsystem_account').where('id', '=', 'P@00000006P@mbh_03');
    expect(await next.select('id').execute()).toEqual([]);
  });

  it('answers the same request under one key alike, and another one not at all', async () => {
    const token = await clientToken('sign_ins:write');
    const event = {
      subsystem_account: NURSE,
      type: 'signed_in',
      at: '2026-11-22T09:00:00+08:00',
      dedupe_key: randomUUID(),
    };
    const key: Record<string, string> = { 'idempotency-key': randomUUID() };
    const send = (events: object[], headers = key) =>
      call(token, 'POST', '/sign-in-events', { events }, headers);
    expect(await send([event])).toEqual({ status: 200, json: { added: 1 } });
    expect(await send([event])).toEqual({ status: 200, json: { added: 1 } }); // the answer of the first time
    expect((await send([{ ...event, type: 'refused' }])).status).toBe(422);
    expect(await send([event], { 'idempotency-key': randomUUID() })).toEqual({
      status: 200,
      json: { added: 0 },
    });
    expect((await send([event], { 'idempotency-key': 'a b' })).status).toBe(400);
  });

  it('P-46: a subsystem reports sign-ins of its own accounts; its managers read those of their unit', async () => {
    const token = await clientToken('sign_ins:write sign_ins:read');
    const events = [NURSE, 'P@00000001P@mbh_02', 'P@00000001P@ccs_01'].map((account) => ({
      subsystem_account: account,
      type: 'signed_in',
      at: '2026-11-22T10:00:00+08:00',
      ip: '192.0.2.1',
      dedupe_key: randomUUID(),
    }));
    expect((await call(token, 'POST', '/sign-in-events', { events })).json).toEqual({ added: 2 });
    const { token: manager } = await tokenOf('demo.manager', MANAGER);
    const seen = await call(manager, 'GET', '/sign-in-events?from=2026-11-22T09:30:00%2B08:00');
    expect(seen.json['events']).toEqual([
      expect.objectContaining({ subsystem_account: NURSE, ip: '192.0.2.1' }),
    ]);
    const all = await call(token, 'GET', '/sign-in-events?from=2026-11-22T09:30:00%2B08:00');
    expect(all.json['events']).toHaveLength(2);
  });

  it('shows the work a subsystem tells of on the tiles of the portal', async () => {
    const token = await clientToken('todo_counts:write');
    const counts = [
      { key: 'hearing', label: { 'zh-TW': '未篩檢' }, count: 4 },
      { key: 'education', label: { 'zh-TW': '未上傳' }, count: 52, url: `${world.rpOrigin}/todos` },
    ];
    expect((await call(token, 'PUT', `/subsystem-accounts/${NURSE}/todo-counts`, { counts })).status).toBe(
      200,
    );
    const nurse = await portalOf(world, 'demo.nurse');
    expect((await nurse.open(`${world.issuer}/`)).text).toMatch(/示範醫院.*待辦 56/);
    const foreign = await call(token, 'PUT', '/subsystem-accounts/P@00000001P@ccs_01/todo-counts', {
      counts: [],
    });
    expect(foreign.status).toBe(404);
    const elsewhere = [{ ...counts[0], url: 'https://elsewhere.example/' }];
    const link = await call(token, 'PUT', `/subsystem-accounts/${NURSE}/todo-counts`, { counts: elsewhere });
    expect(link.status).toBe(422);
    const twice = await call(token, 'PUT', `/subsystem-accounts/${NURSE}/todo-counts`, {
      counts: [counts[0], counts[0]],
    });
    expect(twice.status).toBe(400);
  });

  it('changes no account that is kept here', async () => {
    const token = await clientToken('accounts:write');
    const access = { unit: HOSPITAL, role: 'mch_manager', duty: 'medical', menu_roles: [], reason: 'x' };
    const answer = await call(token, 'PUT', `/subsystem-accounts/${NURSE}`, access);
    expect([answer.status, answer.json['error']]).toEqual([403, 'accounts_kept_here']);
  });

  it('F17: pages by sealed cursors that serve one list alone', async () => {
    const { token } = await tokenOf('demo.manager', MANAGER);
    for (const query of ['cursor=AAAA', 'cursor=', 'limit=1000000', 'unit=%27%20or%201=1']) {
      expect([query, (await call(token, 'GET', `/subsystem-accounts?${query}`)).status]).toEqual([
        query,
        400,
      ]);
    }
  });
});
