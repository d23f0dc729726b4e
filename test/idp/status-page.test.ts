import { openDatabase } from '#db/handle.ts';
import { idpMigrations } from '#db/idp/migrations.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { migrate } from '#db/migrate.ts';
import { createServiceRecord } from '#idp/status-page/index.ts';
import { availabilityOf, judgeDay, judgeMinute, minutesPassed, percent } from '#idp/status-page/policy.ts';
import type { MinuteFacts } from '#idp/status-page/types.ts';
import { cloneDatabase } from '../support/databases.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { createJourney } from '../support/journey.ts';
import { freePort } from '../support/replica.ts';
import { readSamples, sumOf } from '../support/scrape.ts';

const MINUTE = 60_000;

describe('how a minute was', () => {
  const calm: MinuteFacts = {
    probes: { total: 4, failed: 0 },
    signIn: { total: 100, failed: 0 },
    switching: { total: 100, failed: 0 },
    mails: { failingSeconds: 0, delivers: true },
    logouts: { failingSeconds: 0, delivers: false },
    closed: false,
  };
  const all = (state: string) => ({ sign_in: state, switching: state, mail: state, logout: state });

  it.each<[string, Partial<MinuteFacts>, object]>([
    ['works when nobody came', { signIn: { total: 0, failed: 0 } }, all('working')],
    ['is not judged by a single answer', { signIn: { total: 1, failed: 1 } }, all('working')],
    [
      'is disturbed when one in twenty failed',
      { signIn: { total: 100, failed: 5 } },
      { ...all('working'), sign_in: 'degraded' },
    ],
    [
      'is down when half of them failed',
      { switching: { total: 8, failed: 4 } },
      { ...all('working'), switching: 'down' },
    ],
    ['is down in every part without the database', { probes: { total: 4, failed: 4 } }, all('down')],
    [
      'is disturbed in every part when the database was away for a moment',
      { probes: { total: 4, failed: 1 } },
      all('degraded'),
    ],
    ['delivers when others got through', { mails: { failingSeconds: 9000, delivers: true } }, all('working')],
    [
      'is late after five minutes',
      { mails: { failingSeconds: 400, delivers: false } },
      { ...all('working'), mail: 'degraded' },
    ],
    [
      'is stuck after an hour',
      { logouts: { failingSeconds: 3700, delivers: false } },
      { ...all('working'), logout: 'down' },
    ],
    [
      'is maintained, not down, when it was closed on purpose',
      { closed: true, signIn: { total: 9, failed: 9 } },
      { ...all('working'), sign_in: 'maintenance' },
    ],
  ])('%s', (_, facts, expected) => {
    expect(judgeMinute({ ...calm, ...facts })).toEqual(expected);
  });

  it('days and shares count what was noted, and nothing else', () => {
    const day = {
      day: '2026-11-22',
      component: 'mail' as const,
      working: 0,
      degraded: 0,
      down: 0,
      maintenance: 0,
    };
    expect(judgeDay(undefined)).toBe('unknown');
    expect(judgeDay(day)).toBe('unknown');
    expect(judgeDay({ ...day, working: 900, down: 1 })).toBe('down');
    expect(judgeDay({ ...day, working: 900, maintenance: 30 })).toBe('working');
    expect(availabilityOf([])).toBeUndefined();
    expect(availabilityOf([{ ...day, working: 98, degraded: 1, down: 1, maintenance: 500 }])).toBe(0.99);
    expect(percent(0.999999)).toBe('99.99');
    expect(minutesPassed('2026-11-22', new Date('2026-11-21T16:03:00Z'))).toBe(3);
  });
});

describe('the record', () => {
  it('adds up what several processes saw, keeps minutes while the database is away, and leaves gaps unknown', async () => {
    const clone = await cloneDatabase('idp');
    await migrate({ url: clone.url }, idpMigrations);
    const open = (url: string) =>
      openDatabase<IdpTables>({ url, connections: 2, applicationName: 'test', onConnectionLost: () => {} });
    const database = open(clone.url);
    const nowhere = open('postgres://127.0.0.1:1/nothing');
    let at = new Date();
    at = new Date(at.getTime() - (at.getTime() % MINUTE) - 4 * MINUTE);
    const clock = () => at;
    const isClosed = () => false;
    const one = createServiceRecord({ db: database.db, clock, isClosed });
    const other = createServiceRecord({ db: database.db, clock, isClosed });
    const lost = createServiceRecord({ db: nowhere.db, clock, isClosed });
    await lost.tick().catch(() => {});
    for (let n = 0; n < 10; n += 1) other.count({ route: '/interaction/:uid/password', status: 500 });
    one.count({ route: '/interaction/:uid/password', status: 303 });

    at = new Date(at.getTime() + MINUTE);
    await one.tick();
    await other.tick();
    await expect(lost.tick()).rejects.toThrow();
    expect(lost.known().awaySince).toBeDefined();
    expect([...lost.known().now.values()]).toEqual(['down', 'down', 'down', 'down']);

    at = new Date(at.getTime() + 3 * MINUTE); // nobody noted these
    await one.tick();
    const { days, now, awaySince } = one.known();
    expect(awaySince).toBeUndefined();
    expect(now.get('sign_in')).toBe('working');
    const signIn = days.filter(({ component }) => component === 'sign_in');
    const sum = (key: 'working' | 'degraded' | 'down') => signIn.reduce((total, day) => total + day[key], 0);
    expect([sum('working'), sum('degraded'), sum('down')]).toEqual([1, 1, 0]); // two minutes of five
    await Promise.all([database.close(), nowhere.close()]);
    await clone.drop();
  });
});

describe('the page', () => {
  let world: IdpWorld;
  let metricsUrl: string;
  beforeAll(async () => {
    const port = await freePort();
    metricsUrl = `http://127.0.0.1:${port}/metrics`;
    world = await startIdpWorld({ env: { IDP_METRICS_PORT: String(port) } });
  });
  afterAll(() => world.stop());

  it('says in both languages how the service is, costs no statement, and is the same for everybody', async () => {
    const first = await fetch(`${world.issuer}/status`, { headers: { 'accept-language': 'zh-TW' } });
    expect(first.headers.get('cache-control')).toBe('public, max-age=15');
    expect(first.headers.get('set-cookie')).toBeNull();
    const before = sumOf(await readSamples(metricsUrl), 'db_statements_total', { pool: 'requests' });
    for (let n = 0; n < 20; n += 1) expect((await fetch(`${world.issuer}/status`)).status).toBe(200);
    const after = sumOf(await readSamples(metricsUrl), 'db_statements_total', { pool: 'requests' });
    expect(after - before).toBeLessThan(3); // of twenty views; something else may ask meanwhile
    const chinese = await createJourney().open(`${world.issuer}/status`);
    for (const words of ['服務狀態', '登入', '同步登出', '目前沒有已公告的維護', '可用率', '婦幼健康管理']) {
      expect([words, chinese.text.includes(words) || chinese.text.includes('尚無紀錄')]).toEqual([
        words,
        true,
      ]);
    }
    const english = await createJourney({ locale: 'en' }).open(`${world.issuer}/status`);
    expect(english.text).toContain('Entering systems and switching accounts');
  });

  it('tells programs the same as JSON, without any person', async () => {
    const answer = await fetch(`${world.issuer}/status.json`);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    const body = (await answer.json()) as { components: { component: string; days: unknown[] }[] };
    expect(body.components.map(({ component }) => component)).toEqual([
      'sign_in',
      'switching',
      'mail',
      'logout',
    ]);
  });

  it('is reached from the foot of the pages and the site map', async () => {
    for (const path of ['/', '/site-map']) {
      const page = await createJourney().open(world.issuer + path);
      expect(page.html).toContain('href="/status"');
    }
  });
});
