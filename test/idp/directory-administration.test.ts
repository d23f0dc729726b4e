import * as oidc from 'openid-client';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { rawRequest } from '../support/raw-http.ts';
import { type RelyingParty, browserOf, createRelyingParty } from '../support/relying-party.ts';

const SCOPES =
  'accounts:read accounts:change managers:read reviews:read units:read units:change permission_requests:read permission_requests:write';
const HOSPITAL = '9876543210';
const STATION = '2311170010';
const PEOPLE = {
  'demo.nurse': 'P@00000001P@mbh_01',
  'demo.manager': 'P@00000002P@mbh_01',
  'demo.bureau': 'P@00000003P@mbh_01',
  'demo.hpa': 'P@00000004P@mbh_01',
};
const NURSE = PEOPLE['demo.nurse'];
const COLLEAGUE = 'P@00000006P@mbh_01';
const FOREIGN = ['P@00000001P@mbh_02', PEOPLE['demo.bureau'], 'P@00000001P@ccs_01', 'P@99999999P@mbh_01'];

type Who = keyof typeof PEOPLE;
interface Answer {
  status: number;
  json: Record<string, unknown>;
}

describe('the directory API administers what the console administers', () => {
  let world: IdpWorld;
  let mch: RelyingParty;
  const tokens = new Map<Who, string>();

  beforeAll(async () => {
    world = await startIdpWorld();
    mch = await createRelyingParty(world, 'mch-app', { pushed: true });
  });
  afterAll(() => world.stop());

  async function tokenOf(who: Who): Promise<string> {
    const known = tokens.get(who);
    if (known !== undefined) return known;
    const resource = `${world.issuer}/api/v1`;
    const asked = { resource, scope: `openid subsystem_account ${SCOPES}`, account: PEOPLE[who] };
    const signed = await mch.redeem(
      await mch.authorize(browserOf(world), asked, { loginName: who, account: PEOPLE[who] }),
    );
    const { access_token: token } = await oidc.refreshTokenGrant(mch.config, signed.refresh_token ?? '', {
      resource,
    });
    tokens.set(who, token);
    return token;
  }

  async function call(who: Who, method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await rawRequest(world.issuer, method, `/api/v1${path}`, {
      headers: {
        authorization: `Bearer ${await tokenOf(who)}`,
        ...(method !== 'GET' && { 'content-type': 'application/json' }),
      },
      ...(method !== 'GET' && { body: JSON.stringify(body ?? {}) }),
    });
    return { status: answer.status, json: JSON.parse(answer.body) as Record<string, unknown> };
  }
  const at = (id: string, deed = 'access'): string => `/subsystem-accounts/${encodeURIComponent(id)}/${deed}`;
  const statusOf = async (...of: Parameters<typeof call>): Promise<number> => (await call(...of)).status;

  it('M-31, M-33, T30: counts a manager’s unit, for the agency every unit, for nobody else anything', async () => {
    const { status, json } = await call('demo.manager', 'GET', '/summary');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      accounts: { total: 3, managers: 1, users: 2 },
      reviews: 0,
      suspended: 0,
      permission_requests: 0,
      decides_permission_requests: false,
    });
    expect(json['menu_roles']).toContain('mi_antenatal');
    const nation = await call('demo.hpa', 'GET', '/summary');
    expect(nation.json).toMatchObject({ decides_permission_requests: true });
    expect((nation.json['accounts'] as { total: number }).total).toBeGreaterThan(3);
    expect(await statusOf('demo.nurse', 'GET', '/summary')).toBe(403);
  });

  it('M-36, P-51: a manager changes an account of the own unit, within what the unit may give', async () => {
    const read = await call('demo.manager', 'GET', at(COLLEAGUE));
    expect(read.status).toBe(200);
    const was = read.json['access'] as { menu_roles: string[] };
    const access = { ...was, menu_roles: ['mi_antenatal'] };
    const change = (body: object) => call('demo.manager', 'PUT', at(COLLEAGUE), { was, access, ...body });

    expect((await change({ access: { ...access, role: 'mch_owner' } })).json).toMatchObject({
      field: 'role',
    });
    expect((await change({ access: { ...access, menu_roles: ['hb_gbs'] } })).status).toBe(422);
    expect((await change({ access: { ...access, status: 'disabled' } })).json).toMatchObject({
      error: 'reason_missing',
    });
    for (const more of [{ unit: STATION }, { access: { ...access, account_id: 'x' } }]) {
      expect((await change(more)).status).toBe(400); // F7: nothing else is taken
    }
    const tries = await Promise.all([change({}), change({ access: { ...access, menu_roles: [] } })]);
    expect(tries.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    const late = await change({});
    expect([late.status, late.json['error']]).toEqual([409, 'changed_meanwhile']);
    const record = await world.database.db
      .selectFrom('audit_event')
      .select('details')
      .where('type', '=', 'subsystem_account.administered')
      .executeTakeFirstOrThrow();
    expect(record.details).toMatchObject({ via: 'api', unit: HOSPITAL });
  });

  it('F2, F4: nobody reaches accounts of other units or subsystems, their own, or what is a manager’s', async () => {
    const read = await call('demo.manager', 'GET', at(NURSE));
    const body = { was: read.json['access'], access: read.json['access'] };
    for (const id of FOREIGN) {
      expect([id, await statusOf('demo.manager', 'GET', at(id))]).toEqual([id, 404]);
      expect([id, await statusOf('demo.manager', 'PUT', at(id), body)]).toEqual([id, 404]);
      const reinstating = statusOf('demo.manager', 'POST', at(id, 'reinstatement'), { reason: 'x' });
      expect([id, await reinstating]).toEqual([id, 404]);
    }
    const own = await call('demo.manager', 'GET', at(PEOPLE['demo.manager']));
    expect(own.json['look_only']).toBe('own_account');
    const ownWas = own.json['access'];
    const refused = await call('demo.manager', 'PUT', at(PEOPLE['demo.manager']), {
      was: ownWas,
      access: ownWas,
    });
    expect([refused.status, refused.json['error']]).toEqual([403, 'own_account']);
    expect(await statusOf('demo.nurse', 'GET', at(NURSE))).toBe(404);
    expect(await statusOf('demo.nurse', 'PUT', at(NURSE), body)).toBe(401); // wants a second factor first
    expect(await statusOf('demo.hpa', 'GET', at('P@00000001P@ccs_01'))).toBe(404); // another subsystem’s, even there
  });

  it('SM-11: a suspended account is reinstated once, with a reason, by the unit’s manager', async () => {
    await world.database.db
      .updateTable('subsystem_account')
      .set({ status: 'suspended', suspended_because: 'idle', status_changed_at: new Date() })
      .where('id', '=', COLLEAGUE)
      .execute();
    expect((await call('demo.manager', 'GET', '/summary')).json['suspended']).toBe(1);
    const waiting = await call('demo.manager', 'GET', '/subsystem-accounts?status=suspended');
    expect(waiting.json['accounts']).toEqual([
      expect.objectContaining({ id: COLLEAGUE, suspended_because: 'idle' }),
    ]);
    expect(await statusOf('demo.manager', 'POST', at(COLLEAGUE, 'reinstatement'), { reason: ' ' })).toBe(400);
    expect(await statusOf('demo.bureau', 'POST', at(COLLEAGUE, 'reinstatement'), { reason: '已到職' })).toBe(
      404,
    );
    const tries = await Promise.all(
      Array.from({ length: 20 }, () =>
        statusOf('demo.manager', 'POST', at(COLLEAGUE, 'reinstatement'), { reason: '已到職' }),
      ),
    );
    expect(tries.toSorted((a, b) => a - b)).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
  });

  it('FLT: accounts are found by the beginning of id and name, by role and place', async () => {
    const ids = async (query: string): Promise<string[]> => {
      const { json } = await call('demo.hpa', 'GET', `/subsystem-accounts?${query}`);
      return (json['accounts'] as { id: string }[]).map(({ id }) => id);
    };
    expect(await ids('account=P@00000001P@mbh')).toEqual([NURSE, 'P@00000001P@mbh_02']);
    expect(await ids(`name=${encodeURIComponent('林')}&role=mch_manager`)).toEqual([PEOPLE['demo.manager']]);
    expect(await ids('county=99999')).toEqual([]);
    expect(await statusOf('demo.hpa', 'GET', '/subsystem-accounts?account=%25')).toBe(200);
    expect(await ids('account=%25')).toEqual([]); // no pattern of the database’s
  });

  it('M-37: a unit’s manager changes how it is reached; what it may give is the agency’s', async () => {
    const path = `/units/${HOSPITAL}`;
    const unit = await call('demo.manager', 'GET', path);
    expect(unit.json).toMatchObject({ code: HOSPITAL, may_change_contact: true, may_entitle: false });
    const contact = { address: '示範路 1 號', phone: '02-55500100', email: 'unit@example.test' };
    const version = unit.json['version'];
    const change = (body: object) => statusOf('demo.manager', 'PUT', `${path}/contact`, body);
    expect(await change({ ...contact, version, name: '別的名字' })).toBe(400);
    expect(await change({ ...contact, version, email: 'no' })).toBe(422);
    const tries = await Promise.all([
      change({ ...contact, version }),
      change({ ...contact, phone: '1', version }),
    ]);
    expect(tries.toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(await statusOf('demo.manager', 'GET', `/units/${STATION}`)).toBe(404);
    expect(
      await statusOf('demo.manager', 'PUT', `/units/${STATION}/contact`, { ...contact, version: 1 }),
    ).toBe(404);
    expect(await statusOf('demo.nurse', 'GET', path)).toBe(404);
    expect((await call('demo.manager', 'GET', '/units')).json['units']).toEqual([
      expect.objectContaining({ code: HOSPITAL }),
    ]);

    const given = { menu_role: 'hs_card', valid_from: '2026-01-01', approval_no: '衛部字第1號' };
    expect(await statusOf('demo.manager', 'POST', `/units/${STATION}/entitlements`, given)).toBe(403);
    expect(
      await statusOf('demo.hpa', 'POST', `/units/${STATION}/entitlements`, { ...given, menu_role: 'hb_gbs' }),
    ).toBe(422);
    expect(await statusOf('demo.hpa', 'POST', `/units/${STATION}/entitlements`, given)).toBe(201);
    expect(await statusOf('demo.hpa', 'POST', `/units/${STATION}/entitlements`, given)).toBe(409);
    const { approval_no: _, ...which } = given;
    expect(
      await statusOf('demo.manager', 'POST', `/units/${STATION}/entitlements/end`, {
        ...which,
        valid_to: '2026-02-01',
      }),
    ).toBe(403);
    expect(
      await statusOf('demo.hpa', 'POST', `/units/${STATION}/entitlements/end`, {
        ...which,
        valid_to: '2025-01-01',
      }),
    ).toBe(409);
    expect(
      await statusOf('demo.hpa', 'POST', `/units/${STATION}/entitlements/end`, {
        ...which,
        valid_to: '2026-02-01',
      }),
    ).toBe(200);
    const found = await call('demo.hpa', 'GET', '/units?name=' + encodeURIComponent('示範'));
    expect((found.json['units'] as unknown[]).length).toBeGreaterThan(1);
  });

  it('SM-08, M-42, M-43: a manager asks for the own unit, once for the same, and takes it back while it waits', async () => {
    const choices = await call('demo.manager', 'GET', '/permission-requests/choices');
    const candidates = choices.json['candidates'] as { id: string }[];
    expect(candidates.map(({ id }) => id)).not.toContain(PEOPLE['demo.manager']);
    const wish = { kind: 'extra_manager', target: candidates[0]?.id, content: '單位機構龐大' };
    const ask = (who: Who, body: object = wish) => call(who, 'POST', '/permission-requests', body);
    expect((await ask('demo.nurse')).status).toBe(401);
    expect((await ask('demo.bureau')).json).toMatchObject({ error: 'target_unsuitable' }); // not of their unit
    expect((await ask('demo.manager', { ...wish, unit: STATION })).status).toBe(400);
    expect((await ask('demo.manager', { ...wish, content: ' ' })).status).toBe(400);
    expect((await ask('demo.manager', { kind: 'menu_role', menu_role: 'hb_gbs', content: 'x' })).status).toBe(
      422,
    );
    const tries = await Promise.all(Array.from({ length: 20 }, () => ask('demo.manager')));
    expect(tries.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201,
      ...Array.from({ length: 19 }, () => 409),
    ]);
    const id = String(tries.find(({ status }) => status === 201)?.json['id']);

    expect((await call('demo.hpa', 'GET', '/summary')).json['permission_requests']).toBe(1);
    expect((await call('demo.manager', 'GET', '/permission-requests?status=submitted')).json).toMatchObject({
      waiting: 1,
      requests: [{ id, kind: 'extra_manager', is_own: true }],
    });
    const path = `/permission-requests/${id}`;
    expect((await call('demo.bureau', 'GET', '/permission-requests')).json['requests']).toEqual([]);
    expect(await statusOf('demo.bureau', 'GET', path)).toBe(404);
    expect(await statusOf('demo.nurse', 'GET', path)).toBe(404);
    expect(await statusOf('demo.bureau', 'POST', `${path}/withdrawal`)).toBe(404);
    expect(await statusOf('demo.hpa', 'POST', `${path}/withdrawal`)).toBe(404); // asks for nothing, so takes nothing back
    const withdrawals = await Promise.all(
      Array.from({ length: 20 }, () => statusOf('demo.manager', 'POST', `${path}/withdrawal`)),
    );
    expect(withdrawals.toSorted((a, b) => a - b)).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
  });

  it('M-39a: decisions are read with masked names, of the own unit and this subsystem alone', async () => {
    const sent = await call('demo.manager', 'POST', '/permission-requests', {
      kind: 'extra_manager',
      target: NURSE,
      content: '業務增加',
    });
    const hpa = await world.database.db
      .selectFrom('account')
      .select('id')
      .where('login_name', '=', 'demo.hpa')
      .executeTakeFirstOrThrow();
    await world.database.db
      .updateTable('permission_request')
      .set({ status: 'refused', decided_at: new Date(), decided_by: hpa.id, reason: '名額足夠' })
      .where('id', '=', String(sent.json['id']))
      .execute();
    const { json } = await call('demo.manager', 'GET', '/review-history?kind=permission_request');
    expect(json['decisions']).toEqual([
      expect.objectContaining({ decision: 'refused', comment: '名額足夠', reviewer: '張示範' }),
    ]);
    expect(JSON.stringify(json)).not.toContain('林示範');
    expect((await call('demo.bureau', 'GET', '/review-history')).json['decisions']).toEqual([]);
    expect(await statusOf('demo.nurse', 'GET', '/review-history')).toBe(403);
    expect(await statusOf('demo.manager', 'GET', '/review-history?from=2026-13-01')).toBe(400);
  });

  it('F4: a manager who is one no longer has a token that is worth nothing', async () => {
    const access = await call('demo.hpa', 'GET', at(PEOPLE['demo.manager']));
    const was = access.json['access'] as object;
    const downgraded = { ...was, role: 'mch_user' };
    expect(await statusOf('demo.hpa', 'PUT', at(PEOPLE['demo.manager']), { was, access: downgraded })).toBe(
      200,
    );
    for (const path of ['/summary', '/units', '/permission-requests', at(NURSE)]) {
      expect([path, await statusOf('demo.manager', 'GET', path)]).toEqual([path, 401]);
    }
  });
});
