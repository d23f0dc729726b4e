import { randomUUID } from 'node:crypto';
import { SignJWT, decodeJwt, generateKeyPair } from 'jose';
import { decideToken } from '#idp/directory-api/policy.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { rawRequest } from '../support/raw-http.ts';
import { browserOf, createRelyingParty, post } from '../support/relying-party.ts';
import { lastAudit, personOf } from './bindings-support.ts';

const SVC = 'P@00000001P@svc_01';
const FIVE = Array.from({ length: 5 });

describe('the directory API', () => {
  let world: IdpWorld;
  let token: string;
  let resource: string;

  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
    resource = `${world.issuer}/api/v1`;
    const { db } = world.database;
    const nurse = await personOf(world, 'demo.nurse');
    const from = db.selectFrom('subsystem_account').selectAll().where('id', '=', 'P@00000001P@lab_01');
    await db
      .insertInto('subsystem_account')
      .values([
        { ...(await from.executeTakeFirstOrThrow()), id: SVC, subsystem_code: 'service', fields: '{}' },
        {
          ...(await from.executeTakeFirstOrThrow()),
          ...{ id: 'P@00000009P@svc_01', subsystem_code: 'service', fields: '{}', account_id: null },
          national_id_index: nurse.national_id_index,
        },
      ])
      .execute();
    token = await newToken();
  });
  afterAll(() => world.stop());
  beforeEach(async () => {
    await world.database.db.deleteFrom('message').execute();
    await world.database.query('delete from api_call_count where $1', [true]);
  });

  async function newToken(extra: Record<string, string> = {}): Promise<string> {
    const asked = { grant_type: 'client_credentials', resource, scope: 'messages:send', ...extra };
    const { status, body } = await post(world, '/oidc/token', asked, { clientId: 'service-app' });
    expect({ status, body }).toMatchObject({ status: 200 });
    return String(body['access_token']);
  }

  const message = (extra: object = {}) => ({
    subsystem_account: SVC,
    subject: { 'zh-TW': '審核信件通知!' },
    body: { 'zh-TW': '請於三日內審核。\n第二行' },
    dedupe_key: randomUUID(),
    ...extra,
  });

  async function push(body: unknown, headers: Record<string, string> = {}, base = world.issuer) {
    const answer = await rawRequest(base, 'POST', '/api/v1/messages', {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { ...answer, json: JSON.parse(answer.body) as Record<string, unknown> };
  }
  const messages = () => world.database.db.selectFrom('message').selectAll().execute();

  it('P-24: a subsystem leaves a message with a token of its own; the person reads it under its prefix', async () => {
    expect(decodeJwt(token)).toMatchObject({ aud: resource, sub: 'service-app', scope: 'messages:send' });
    const answer = await push(message({ link: `${world.rpOrigin}/cases/1` }));
    expect(answer).toMatchObject({ status: 201, json: { status: 'sent' } });
    expect(answer.headers['cache-control']).toBe('no-store');
    const nurse = await portalOf(world, 'demo.nurse');
    const list = await nurse.open(`${world.issuer}/account/messages`);
    expect(list.text).toContain('【測試】 審核信件通知!');
    expect(await lastAudit(world, 'message.pushed')).toMatchObject({
      client_id: 'service-app',
      to_subsystem_account_id: SVC,
    });
  });

  it('P-24: one key is one message, however often and wherever it is pushed', async () => {
    const one = message();
    const answers = await Promise.all(FIVE.map((_, at) => push(one, {}, world.replicaUrls[at % 2])));
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 200, 200, 200, 201]);
    expect(await messages()).toHaveLength(1);
  });

  it('hands the register of units out, closed ones too, and then only what changed', async () => {
    const answerOf = async (query: string, bearer: string) => {
      const headers = { authorization: `Bearer ${bearer}` };
      const { status, body } = await rawRequest(world.issuer, 'GET', `/api/v1/unit-register${query}`, {
        headers,
      });
      return { status, json: JSON.parse(body) as { units?: Record<string, string>[]; next?: string } };
    };
    expect((await answerOf('', token)).status).toBe(403);
    const reader = await newToken({ scope: 'unit_register:read' });
    const all = (await answerOf('', reader)).json.units ?? [];
    const listed = await world.database.query<{ code: string }>(
      'select code from unit where $1 order by code limit 1000',
      [true],
    );
    expect(all.map(({ code }) => code)).toEqual(listed.map(({ code }) => code));
    const { code = '', changed_at: before = '' } = all[0] ?? {};
    await world.database.db.updateTable('unit').set({ status: 'closed' }).where('code', '=', code).execute();
    const changed = await answerOf(
      `?changed_since=${new Date(Date.parse(before) + 1).toISOString()}`,
      reader,
    );
    expect(changed.json.units).toContainEqual(expect.objectContaining({ code, status: 'closed' }));
    await world.database.db.updateTable('unit').set({ status: 'active' }).where('code', '=', code).execute();
    expect((await answerOf('?changed_since=yesterday', reader)).status).toBe(400);
    expect((await answerOf('?cursor=forged', reader)).status).toBe(400);
  });

  it('answers alike for an account of another subsystem, of nobody, and one that does not exist', async () => {
    for (const account of ['P@00000001P@mbh_01', 'P@00000009P@svc_01', 'P@99999999P@svc_01']) {
      const { status, json } = await push(message({ subsystem_account: account }));
      expect({ status, error: json['error'] }).toEqual({ status: 404, error: 'unknown_account' });
    }
    expect(await messages()).toEqual([]);
  });

  it.each([
    ['not JSON', '{', 400],
    ['a list', [], 400],
    ['a field nobody knows', message({ html: '<b>' }), 400],
    ['no Chinese', message({ subject: { en: 'x' } }), 400],
    ['an empty subject', message({ subject: { 'zh-TW': ' ' } }), 400],
    ['two lines in the subject', message({ subject: { 'zh-TW': 'a\nb' } }), 400],
    ['NUL', message({ body: { 'zh-TW': 'a\0b' } }), 400],
    ['a lone surrogate', message({ body: { 'zh-TW': 'a\ud800b' } }), 400],
    ['too long a body', message({ body: { 'zh-TW': '長'.repeat(4001) } }), 400],
    ['an odd key', message({ dedupe_key: 'a b' }), 400],
    ['a link elsewhere', message({ link: 'https://elsewhere.example/' }), 422],
    ['a script as link', message({ link: 'javascript:alert(1)' }), 422],
    ['70 KB', `"${'x'.repeat(70_000)}"`, 413],
  ])('refuses %s', async (_what, body, status) => {
    expect((await push(body)).status).toBe(status);
    expect(await messages()).toEqual([]);
  });

  it('B18: answers programs as JSON, whatever they accept', async () => {
    for (const accept of ['text/html', '*/*']) {
      const form = await push('a=b', { accept, 'content-type': 'application/x-www-form-urlencoded' });
      expect(form).toMatchObject({ status: 415, json: { error: 'unsupported_media_type' } });
    }
  });

  it('B13: takes no token for anything else, of anybody else, unsigned, changed, or of a wrong type', async () => {
    const mch = await createRelyingParty(world, 'mch-app', { pushed: true });
    const nurse = await mch.redeem(
      await mch.authorize(
        browserOf(world),
        {},
        {
          loginName: 'demo.nurse',
          account: 'P@00000001P@mbh_01',
        },
      ),
    );
    const elsewhere = await newToken({ resource: 'https://service.example/api', scope: 'service:run' });
    const claims = decodeJwt(token);
    const stranger = await generateKeyPair('ES256');
    const header = { alg: 'ES256', typ: 'at+jwt' };
    const forged = await new SignJWT(claims).setProtectedHeader(header).sign(stranger.privateKey);
    const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${token.split('.')[1]}.`;
    const changed = token.replace(
      /\.[^.]+\./,
      `.${Buffer.from(JSON.stringify({ ...claims, jti: 'x' })).toString('base64url')}.`,
    );
    const wrong = [nurse.access_token, nurse.id_token ?? '', elsewhere, forged, unsigned, changed, 'x'];
    for (const each of wrong) {
      const answer = await push(message(), { authorization: `Bearer ${each}` });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    }
    expect((await push(message(), { authorization: `DPoP ${token}` })).status).toBe(401);
    const none = await push(message(), { authorization: '' });
    expect({ status: none.status, challenge: none.headers['www-authenticate'] }).toEqual({
      status: 401,
      challenge: 'Bearer, DPoP algs="ES256 EdDSA PS256"',
    });
    expect(await messages()).toEqual([]);
  });

  it('B19: a token without the scope is told so; a client whose manifest lists none gets no person’s token', async () => {
    const without = await newToken({ scope: '' });
    const answer = await push(message(), { authorization: `Bearer ${without}` });
    expect(answer.status).toBe(403);
    expect(answer.headers['www-authenticate']).toContain('insufficient_scope');
    const lab = await createRelyingParty(world, 'lab-app', { pushed: true });
    await expect(lab.authorize(browserOf(world), { resource })).rejects.toMatchObject({
      error: 'invalid_target',
    });
    const sub = randomUUID();
    expect(decideToken({ sub, client_id: 'service-app', scope: 'messages:send' }, 'messages:send')).toEqual({
      allowed: false,
      reason: 'invalid_token',
    });
  });

  it('takes nothing from a disabled client, while its token still lives', async () => {
    await world.command('clients', 'disable', 'service-app');
    try {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect((await push(message())).status).toBe(401);
    } finally {
      await world.command('clients', 'enable', 'service-app');
      await new Promise((resolve) => setTimeout(resolve, 1500));
    }
    expect((await push(message())).status).toBe(201);
  });

  it('counts a client’s calls over all replicas and says when to come again', async () => {
    // in the next minute too, should it begin meanwhile
    await world.database.query(
      `insert into api_call_count (client_id, minute, calls)
       select $1, date_trunc('minute', now()) + make_interval(mins => at), 298 from generate_series(0, 1) as at`,
      ['service-app'],
    );
    const answers = await Promise.all(FIVE.map((_, at) => push(message(), {}, world.replicaUrls[at % 2])));
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual([201, 201, 429, 429, 429]);
    const late = answers.find(({ status }) => status === 429);
    expect(Number(late?.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(late?.headers['retry-after'])).toBeLessThanOrEqual(60);
  });

  it('describes itself, and knows no other way', async () => {
    const description = await fetch(`${world.issuer}/api/v1/openapi.json`);
    expect(description.status).toBe(200);
    expect(await description.json()).toMatchObject({
      openapi: '3.1.0',
      servers: [{ url: resource }],
      components: { schemas: { SendMessage: { additionalProperties: false } } },
    });
    const other = await rawRequest(world.issuer, 'GET', '/api/v1/messages', {
      headers: { accept: 'application/json' },
    });
    expect([404, 405]).toContain(other.status);
  });
});
