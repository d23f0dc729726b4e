import { createLog } from '#kit/log.ts';
import { backgroundJobs } from '#mch/jobs.ts';
import { readConfig } from '#mch/config.ts';
import type { FakeOp } from './support/fake-op.ts';
import { HOSPITAL, type Mch, STATION, startMch } from './support/mch.ts';
import type { Visitor } from './support/visitor.ts';

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
  op.down = false;
  op.tokenAnswer = undefined;
});

const MINUTE = 60;
const refreshes = () => op.asked.filter(({ form }) => form.get('grant_type') === 'refresh_token').length;
const endOf = async (visitor: Visitor, path = '/') => {
  const url = new URL((await visitor.go(path)).url);
  return url.pathname + url.search;
};
const keepAlive = (visitor: Visitor) => visitor.ask('/keep-alive', { form: {}, headers: { accept: '*/*' } });

describe('quiet time', () => {
  it('ends the session after 20 minutes and says why; one click leads back to the place', async () => {
    const visitor = await mch.nurse();
    mch.clock.advance(20 * MINUTE + 1);
    expect(await endOf(visitor, '/maternal/gbs')).toBe('/signed-out?reason=idle&return_to=%2Fmaternal%2Fgbs');
    const page = await visitor.ask('/signed-out?reason=idle&return_to=%2Fmaternal%2Fgbs');
    expect(page.text).toContain('href="/sign-in?return_to&#x3D;%2Fmaternal%2Fgbs"');
    expect((await mch.auditTypes()).at(-1)).toBe('session.ended: idle');
  });

  it('begins anew with each page, and with an answer to the warning', async () => {
    const visitor = await mch.nurse();
    for (const ask of [() => visitor.ask('/'), () => keepAlive(visitor), () => visitor.ask('/')]) {
      mch.clock.advance(19 * MINUTE);
      expect((await ask()).status).toBe(200);
    }
  });

  it('is not broken by a tab that asks in the background', async () => {
    const visitor = await mch.nurse();
    for (const minutes of [7, 7, 7]) {
      mch.clock.advance(minutes * MINUTE);
      await visitor.ask('/acting');
    }
    expect(await endOf(visitor)).toBe('/signed-out?reason=idle&return_to=%2F');
  });

  it('is told to scripts: seconds left, or a plain 401', async () => {
    const visitor = await mch.nurse();
    mch.clock.advance(5 * MINUTE);
    expect(JSON.parse((await visitor.ask('/acting')).text)).toEqual({
      account: HOSPITAL.id,
      generation: 1,
      idle_seconds_left: 15 * MINUTE,
    });
    expect(JSON.parse((await keepAlive(visitor)).text)).toEqual({ idle_seconds_left: 20 * MINUTE });
    mch.clock.advance(21 * MINUTE);
    expect([(await visitor.ask('/acting')).status, (await keepAlive(visitor)).status]).toEqual([401, 401]);
    expect((await keepAlive(mch.visitor())).status).toBe(401);
  });

  it('stands on the page, with the warning two minutes before', async () => {
    const { text } = await (await mch.nurse()).ask('/');
    expect(text).toMatch(/data-idle-limit="20"[^>]* data-idle-warn="2"/);
  });

  it('asks a tab whose own clock ran out too early to sign out properly', async () => {
    const visitor = await mch.nurse();
    expect(await endOf(visitor, '/signed-out?reason=idle')).toBe('/sign-out');
    mch.clock.advance(20 * MINUTE - 1);
    expect(await endOf(visitor, '/signed-out?reason=idle')).toBe('/signed-out?reason=idle');
  });
});

describe('the absolute limit', () => {
  it('ends the session after eight hours of work', async () => {
    const visitor = await mch.nurse();
    for (let minutes = 0; minutes < 479; minutes += 15) {
      mch.clock.advance(15 * MINUTE);
      await keepAlive(visitor);
    }
    expect(await endOf(visitor)).toBe('/signed-out?reason=ended&return_to=%2F');
  });
});

describe('refresh', () => {
  it('happens within five minutes of work, and once for all requests at that moment', async () => {
    const visitor = await mch.nurse();
    const before = refreshes();
    mch.clock.advance(4 * MINUTE + 1);
    const pages = await Promise.all(Array.from({ length: 10 }, () => visitor.ask('/')));
    expect(pages.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(refreshes() - before).toBe(1);
    await visitor.ask('/');
    expect(refreshes() - before).toBe(1);
  });

  it('brings new accounts into the switch menu', async () => {
    const visitor = await mch.nurse();
    op.accounts = [HOSPITAL, { ...STATION, id: 'P@00000001P@mbh_03', binding: '新帳號' }];
    mch.clock.advance(4 * MINUTE + 1);
    expect((await visitor.ask('/')).text).toContain('新帳號');
  });

  it('ends the session when the single entry has ended it', async () => {
    const visitor = await mch.nurse();
    op.revokeAll();
    mch.clock.advance(4 * MINUTE + 1);
    expect(await endOf(visitor)).toBe('/signed-out?reason=ended&return_to=%2F');
    expect((await mch.auditTypes()).at(-1)).toBe('session.ended: refresh_refused');
  });

  it('ends the session when it speaks of another person', async () => {
    const visitor = await mch.nurse();
    op.sub = 'person-2';
    mch.clock.advance(4 * MINUTE + 1);
    expect(await endOf(visitor)).toBe('/signed-out?reason=ended&return_to=%2F');
    op.sub = 'person-1';
  });

  it.each([
    ['is away', () => void (op.down = true)],
    ['answers 500', () => void (op.tokenAnswer = () => ({ status: 500, body: {} }))],
    ['answers nonsense', () => void (op.tokenAnswer = () => ({ status: 200, body: { hello: 1 } }))],
    [
      'does not know us any more',
      () => void (op.tokenAnswer = () => ({ status: 401, body: { error: 'invalid_client' } })),
    ],
  ])('leaves the session alone while the single entry %s', async (_what, fail) => {
    const visitor = await mch.nurse();
    fail();
    for (const minutes of [5, 5, 5]) {
      mch.clock.advance(minutes * MINUTE);
      expect((await visitor.ask('/')).status).toBe(200);
    }
  });

  it('R34: is not asked for by any session before the time the single entry named', async () => {
    const [first, second] = [await mch.nurse(), await mch.nurse()];
    const headers = { 'retry-after': '30' };
    op.tokenAnswer = () => ({ status: 503, headers, body: { error: 'temporarily_unavailable' } });
    mch.clock.advance(4 * MINUTE + 1);
    const before = refreshes();
    expect((await first.ask('/')).status).toBe(200);
    for (let turn = 0; turn < 5; turn += 1) {
      expect((await second.ask('/')).status).toBe(200);
      mch.clock.advance(5);
    }
    expect(refreshes() - before).toBe(1);
    op.tokenAnswer = undefined;
    mch.clock.advance(60);
    expect((await second.ask('/')).status).toBe(200);
    expect(refreshes() - before).toBe(2);
  });

  it('tells a newcomer clearly that the single entry is away, with a way on', async () => {
    op.down = true;
    const page = await mch.visitor().go('/');
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '5']);
    expect(page.text).toContain('單一入口暫時無法連線');
    expect(page.text).toContain('href="/sign-in?return_to&#x3D;%2F"');
  });
});

describe('rights', () => {
  it('refuse a group page the account has nothing on', async () => {
    const visitor = await mch.nurse();
    const page = await visitor.ask('/maternal/high-risk');
    expect(page.status).toBe(403);
    // even then one sees as whom one acts, and can switch
    expect(page.text).toContain('name="acting"');
  });

  it('list what the account may do where it may', async () => {
    const page = await (await mch.nurse()).ask('/maternal/gbs');
    expect(page.status).toBe(200);
    expect(page.text).toContain('陽性個案追蹤');
    expect(page.text).not.toContain('結果批次上傳');
  });

  it('name the single entry, and nobody else, as a place forms may lead to', async () => {
    const page = await (await mch.nurse()).ask('/');
    expect(page.headers.get('content-security-policy')).toContain(`form-action 'self' ${op.issuer};`);
    expect(page.headers.get('cache-control')).toBe('no-store');
  });
});

describe('expired rows', () => {
  it('are cleared away, each ended session with its audit record', async () => {
    await mch.nurse();
    await mch.visitor().ask('/sign-in');
    mch.clock.advance(9 * 3600);
    const { db } = mch.database;
    const { sessions } = readConfig(mch.environment);
    const jobs = backgroundJobs({
      ...{ db, clock: mch.clock.now, limits: sessions, auditMonths: 60, log: createLog('test', 'silent') },
      runImports: () => Promise.resolve(),
      api: {
        post: () => Promise.reject(new Error('nobody is written to')),
        get: () => Promise.resolve({ status: 200, body: { units: [] }, retryAfterSeconds: undefined }),
      },
      reminders: {
        ...{ db, clock: mch.clock.now, log: createLog('test', 'silent'), origin: mch.origin },
        api: { put: () => Promise.reject(new Error('nobody is told')) },
        todosOf: () => [],
      },
    });
    await Promise.all([...jobs, ...jobs].map((job) => job.run()));
    expect(await db.selectFrom('rp_session').selectAll().execute()).toEqual([]);
    expect(await db.selectFrom('sign_in_transaction').selectAll().execute()).toEqual([]);
    expect((await mch.auditTypes()).at(-1)).toMatch(/^session.ended: (idle|absolute)$/);
  });
});

describe('the audit trail', () => {
  it('can only grow', async () => {
    const { db } = mch.database;
    await expect(db.deleteFrom('audit_event').execute()).rejects.toMatchObject({ code: '42501' });
    await expect(db.updateTable('audit_event').set({ reason: 'x' }).execute()).rejects.toMatchObject({
      code: '42501',
    });
  });
});
