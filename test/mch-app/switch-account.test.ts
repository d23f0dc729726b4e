import type { FakeOp } from './support/fake-op.ts';
import { HOSPITAL, type Mch, STATION, startMch } from './support/mch.ts';
import type { Page, Visitor } from './support/visitor.ts';

let mch: Mch;
let op: FakeOp;
beforeAll(async () => {
  mch = await startMch();
  op = mch.op;
});
afterAll(() => mch.stop());
beforeEach(() => {
  op.accounts = [HOSPITAL, STATION];
  op.acting = HOSPITAL.id;
  op.authorizationError = op.tokenAnswer = undefined;
  op.userinfoDown = false;
});

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const switchTo = (account: string, more: Record<string, string> = {}) => ({
  form: { account, return_to: '/', acting: HOSPITAL.id, ...more },
});
const actingOf = async (visitor: Visitor) =>
  JSON.parse((await visitor.ask('/acting')).text) as { account: string; generation: number };
const exchanges = () => op.asked.filter(({ form }) => form.get('grant_type') === EXCHANGE);
const statusOf = (page: Page) => /class="status status-(\w+)"[^]*?<p>([^<]*)/.exec(page.text)?.slice(1);
const answering =
  (error: string, more: object = {}) =>
  (form: URLSearchParams) =>
    form.get('grant_type') === EXCHANGE ? { status: 400, body: { error, ...more } } : undefined;

describe('switching', () => {
  it('goes on as the other account at the same place, and says so once', async () => {
    const visitor = await mch.nurse();
    const former = visitor.cookies.get('mch_session');
    const page = await visitor.go('/account-switch', switchTo(STATION.id));
    expect([page.status, new URL(page.url).pathname]).toEqual([200, '/']);
    expect(page.text).toContain('示範衛生所');
    expect(page.text).not.toContain('產檢院所');
    expect(statusOf(page)).toEqual(['success', '已切換為「衛生所」（示範衛生所）']);
    expect(page.text).toContain('acting-changed');
    expect(statusOf(await visitor.ask('/'))).toBeUndefined();

    expect(exchanges().at(-1)?.form.get('subject_token_type')).toBe(
      'urn:ietf:params:oauth:token-type:access_token',
    );
    expect(visitor.cookies.get('mch_session')).not.toBe(former);
    expect(await actingOf(visitor)).toMatchObject({ account: STATION.id, generation: 2 });
    expect((await mch.auditTypes()).at(-1)).toBe('account.switched');
  });

  it('kills the former session id', async () => {
    const visitor = await mch.nurse();
    const thief = mch.visitor();
    thief.cookies.set('mch_session', visitor.cookies.get('mch_session') ?? '');
    await visitor.go('/account-switch', switchTo(STATION.id));
    expect((await thief.ask('/acting')).status).toBe(401);
  });

  it('goes back and forth, each time with tokens that live', async () => {
    const visitor = await mch.nurse();
    await visitor.go('/account-switch', switchTo(STATION.id));
    await visitor.go('/account-switch', switchTo(HOSPITAL.id, { acting: STATION.id }));
    await visitor.go('/account-switch', switchTo(STATION.id));
    expect(await actingOf(visitor)).toMatchObject({ account: STATION.id, generation: 4 });
    mch.clock.advance(5 * 60);
    expect((await visitor.ask('/')).status).toBe(200);
  });

  it('stays on the group page one was on, or goes home where the other account may not enter', async () => {
    op.accounts = [HOSPITAL, { ...STATION, menu_roles: ['hs_child'] }];
    const visitor = await mch.nurse();
    const home = await visitor.go(
      '/account-switch',
      switchTo(STATION.id, { return_to: '/maternal/gbs?lang=en' }),
    );
    expect([home.status, new URL(home.url).pathname]).toEqual([200, '/']);
    const back = switchTo(HOSPITAL.id, { acting: STATION.id, return_to: '/common/change-requests?lang=en' });
    expect(new URL((await visitor.go('/account-switch', back)).url).pathname).toBe('/common/change-requests');
  });

  it('does nothing when one already acts as the account', async () => {
    const visitor = await mch.nurse();
    const before = exchanges().length;
    await visitor.go('/account-switch', switchTo(HOSPITAL.id));
    expect(exchanges()).toHaveLength(before);
  });

  it('survives a double click: one exchange, both land as the new account', async () => {
    const visitor = await mch.nurse();
    const before = exchanges().length;
    const pages = await Promise.all([1, 2].map(() => visitor.go('/account-switch', switchTo(STATION.id))));
    expect(exchanges()).toHaveLength(before + 1);
    expect(await actingOf(visitor)).toMatchObject({ account: STATION.id });
    expect(pages.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('succeeds even when the name and list cannot be asked for', async () => {
    const visitor = await mch.nurse();
    op.userinfoDown = true;
    const page = await visitor.go('/account-switch', switchTo(STATION.id));
    expect(page.text).toContain('示範衛生所');
    expect(page.text).toContain(`value="${HOSPITAL.id}"`);
  });
});

describe('an exchange that brings no tokens', () => {
  it('steps up when the account wants a stronger sign-in, and lands at the same place', async () => {
    op.tokenAnswer = answering('insufficient_user_authentication', {
      acr_values: 'urn:single-entry:acr:mfa',
      max_age: 300,
    });
    const visitor = await mch.nurse();
    const page = await visitor.go(
      '/account-switch',
      switchTo(STATION.id, { return_to: '/common/change-requests' }),
    );
    expect([page.status, new URL(page.url).pathname]).toEqual([200, '/common/change-requests']);
    const pushed = op.asked.findLast(({ path }) => path === '/par')?.form;
    expect(Object.fromEntries(pushed ?? [])).toMatchObject({
      acr_values: 'urn:single-entry:acr:mfa',
      max_age: '300',
      account: STATION.id,
    });
    expect(pushed?.has('prompt')).toBe(false);
    expect(await actingOf(visitor)).toMatchObject({ account: STATION.id, generation: 2 });
    expect(statusOf(page)?.[0]).toBe('success');
  });

  it('returns to work as before when the step-up is cancelled', async () => {
    const visitor = await mch.nurse();
    op.tokenAnswer = answering('insufficient_user_authentication');
    op.authorizationError = () => 'access_denied';
    const page = await visitor.go('/account-switch', switchTo(STATION.id));
    expect(statusOf(page)?.[0]).toBe('warning');
    expect(await actingOf(visitor)).toMatchObject({ account: HOSPITAL.id, generation: 1 });
  });

  it('recovers a lost answer silently', async () => {
    const visitor = await mch.nurse();
    op.tokenAnswer = (form) => (form.get('grant_type') === EXCHANGE ? 'lost' : undefined);
    const page = await visitor.go('/account-switch', switchTo(STATION.id));
    expect(page.text).toContain('示範衛生所');
    const pushed = op.asked.findLast(({ path }) => path === '/par')?.form;
    expect([pushed?.get('prompt'), pushed?.get('account')]).toEqual(['none', STATION.id]);
  });

  it('asks the person when the silent way is barred', async () => {
    const visitor = await mch.nurse();
    op.tokenAnswer = answering('invalid_request');
    op.authorizationError = (wish) => (wish.get('prompt') === 'none' ? 'login_required' : undefined);
    const page = await visitor.go('/account-switch', switchTo(STATION.id));
    expect(page.text).toContain('示範衛生所');
  });

  it.each(['invalid_target', 'unauthorized_client'])('tells of %s and goes on as before', async (error) => {
    const visitor = await mch.nurse();
    op.tokenAnswer = answering(error);
    const page = await visitor.go('/account-switch', switchTo(STATION.id));
    expect([page.status, statusOf(page)?.[0]]).toEqual([200, 'error']);
    expect(await actingOf(visitor)).toMatchObject({ account: HOSPITAL.id, generation: 1 });
    expect((await mch.auditTypes()).at(-1)).toBe(`account_switch.refused: ${error}`);
  });

  it('refuses tokens of an account that was not asked for', async () => {
    const visitor = await mch.nurse();
    op.forge = (claims, at) => at.sign({ ...claims, subsystem_account: HOSPITAL });
    op.authorizationError = () => 'server_error';
    const page = await visitor.go('/account-switch', switchTo(STATION.id));
    op.forge = undefined;
    expect(page.status).toBe(502);
    expect(await actingOf(visitor)).toMatchObject({ account: HOSPITAL.id });
  });

  it('keeps the session when the single entry is away', async () => {
    const visitor = await mch.nurse();
    op.down = true;
    const page = await visitor.go('/account-switch', switchTo(STATION.id));
    op.down = false;
    expect(page.status).toBe(503);
    expect(await actingOf(visitor)).toMatchObject({ account: HOSPITAL.id });
  });
});

describe('a tab left under another account', () => {
  it.each([
    ['account', { acting: HOSPITAL.id }],
    ['generation', { acting: STATION.id, generation: '1' }],
    ['nothing at all', { acting: '' }],
  ])('is refused when its form carries the former %s', async (_what, carried) => {
    const visitor = await mch.nurse();
    await visitor.go('/account-switch', switchTo(STATION.id));
    const before = exchanges().length;
    const form = { account: HOSPITAL.id, return_to: '/common/change-requests', ...carried };
    const page = await visitor.ask('/account-switch', { form });
    expect(page.status).toBe(409);
    expect(page.text).toContain('href="/common/change-requests"');
    expect(page.text).toContain('衛生所');
    expect(exchanges()).toHaveLength(before);
    expect(await actingOf(visitor)).toMatchObject({ account: STATION.id });
  });

  it('is told so in JSON when a script asks', async () => {
    const visitor = await mch.nurse();
    const page = await visitor.ask('/account-switch', {
      form: { account: STATION.id, acting: 'another' },
      headers: { accept: 'application/json' },
    });
    expect([page.status, JSON.parse(page.text)]).toEqual([
      409,
      { error: 'acting_account_changed', request_id: expect.any(String) as string },
    ]);
  });
});

describe('bad input', () => {
  it.each([
    [
      'from another site',
      { form: { account: STATION.id }, headers: { origin: 'https://evil.example' } },
      403,
    ],
    ['without an account', switchTo(''), 400],
    ['with an endless account', switchTo('x'.repeat(500)), 400],
    ['with NUL bytes', switchTo('\0'), 400],
    ['as JSON', { form: { a: 'b' }, headers: { 'content-type': 'application/json' } }, 415],
  ])('is refused %s', async (_what, request, status) => {
    const visitor = await mch.nurse();
    expect((await visitor.ask('/account-switch', request)).status).toBe(status);
  });

  it('never redirects elsewhere', async () => {
    const visitor = await mch.nurse();
    const page = await visitor.go(
      '/account-switch',
      switchTo(STATION.id, { return_to: 'https://evil.example/' }),
    );
    expect(page.url).toBe(`${mch.origin}/`);
  });
});
