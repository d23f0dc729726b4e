import { eventually } from '../support/eventually.ts';
import { type ContentWorld, startContentWorld } from './content-world.ts';

const MINUTE = 60_000;

let world: ContentWorld;

beforeAll(async () => {
  world = await startContentWorld();
});
afterAll(() => world.stop());

/** A window around now; `opens` in minutes from now. */
const window = (mode: string, more: Record<string, unknown> = {}, opens = -30) => ({
  slug: 'ad-hoc',
  mode,
  startsAt: new Date(Date.now() + opens * MINUTE).toISOString(),
  durationMinutes: 90,
  reason: { 'zh-TW': '資料庫升級', en: 'Database upgrade' },
  ...more,
});
/** Writes the window and waits until the replica has heard of it, which takes no restart. */
async function during(given: ReturnType<typeof window>, isKnown: () => Promise<boolean>): Promise<void> {
  await world.write({ windows: [given] });
  await eventually(async () => expect(await isKnown()).toBe(true), 4000);
}
async function over(): Promise<void> {
  await world.write({ windows: [window('closed', { cancelled: true })] });
  await eventually(async () => expect((await get('/')).status).toBe(200), 4000);
}
afterEach(over);

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(world.issuer + path, { redirect: 'manual', headers: { accept: 'text/html', ...headers } });
const says = async (text: string): Promise<boolean> => (await (await get('/')).text()).includes(text);

test('C-10: it is announced on the public pages and on the sign-in page before it begins', async () => {
  await during(window('closed', {}, 60), () => says('資料庫升級'));
  const journey = await world.reader();
  for (const path of ['/', '/announcements', '/questions', '/sign-in']) {
    const page = await journey.open(world.issuer + path);
    expect([path, page.status]).toEqual([path, 200]);
    expect(page.text).toMatch(/單一入口將於 .* 至 .* 進行維護。 期間無法使用。 資料庫升級/);
  }
  const english = await world.reader('', 'en');
  expect((await english.open(`${world.issuer}/`)).text).toContain('Database upgrade');
});

test('C-10: a closed portal answers 503 with Retry-After, and keeps the protocol and signing out', async () => {
  const nurse = await world.reader('demo.nurse');
  const isClosed = async (): Promise<boolean> => (await get('/')).status === 503;
  await during(window('closed'), isClosed);

  for (const path of ['/', '/announcements', '/sign-in', '/interaction/x', '/account/bindings', '/nowhere']) {
    const response = await get(path);
    expect([path, response.status]).toEqual([path, 503]);
    const seconds = Number(response.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(1800);
    expect(seconds).toBeLessThanOrEqual(3600);
    const html = await response.text();
    expect(html).toContain('系統維護中');
    expect(html).toContain('資料庫升級');
    expect(html).not.toContain('footer-links'); // they would only lead here again
    expect(html).toContain('lang="zh-Hant-TW"');
  }
  const json = await get('/', { accept: 'application/json' });
  expect(await json.json()).toMatchObject({ error: 'maintenance' });

  for (const path of [
    '/.well-known/openid-configuration',
    '/oidc/jwks',
    '/healthz',
    '/readyz',
    '/signed-out',
  ]) {
    expect([path, (await get(path)).status]).toEqual([path, 200]);
  }
  const authorization = `/oidc/auth?client_id=portal&response_type=code&scope=openid&redirect_uri=${encodeURIComponent(`${world.issuer}/signed-in`)}&code_challenge=${'A'.repeat(43)}&code_challenge_method=S256`;
  expect((await get(authorization)).status).toBe(303);

  const closed = await nurse.open(`${world.issuer}/`);
  expect(closed.status).toBe(503);
  const out = await nurse.submit((form) => form.action === '/sign-out');
  expect([out.status, out.url.pathname]).toEqual([200, '/signed-out']);
  const { db } = world.database;
  const sessions = await db
    .selectFrom('oidc_session')
    .select('uid')
    .where('account_id', 'is not', null)
    .execute();
  expect(sessions).toEqual([]);
});

test('C-10: a read-only portal lets one look, sign in and go on, and refuses what would change', async () => {
  const nurse = await world.reader('demo.nurse');
  await during(window('read_only'), () => says('期間只能查閱'));
  const home = await nurse.open(`${world.issuer}/`);
  expect(home.status).toBe(200);
  const refused = await nurse.submit((form) => form.action.endsWith('/favourite'));
  expect(refused.status).toBe(503);
  expect(refused.text).toContain('維護期間只能查閱');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60);
  const other = await world.reader('demo.new');
  expect((await other.open(`${world.issuer}/`)).text).toContain('周示範');
});

test('C-10: a closed subsystem is not entered, its tiles say why; the others stay open', async () => {
  await during(window('closed', { system: 'cancer' }), () => says('癌症篩檢'));
  const nurse = await world.reader('demo.nurse');
  const home = await nurse.open(`${world.issuer}/`);
  expect(home.status).toBe(200);
  expect(home.text).toMatch(/維護中，預計 .* 恢復。 資料庫升級/);
  const disabled = [
    ...home.html.matchAll(/action="([^"]*)"[^>]*>\s*<button class="tile-enter" type="submit" disabled/g),
  ];
  expect(disabled.map(([, action]) => decodeURIComponent((action ?? '').replaceAll('&#x3D;', '=')))).toEqual([
    '/accounts/P@00000001P@ccs_01/entry',
  ]);
  const refused = await nurse.submit((form) => decodeURIComponent(form.action).endsWith('ccs_01/entry'));
  expect(refused.status).toBe(503);
  expect(refused.text).toContain('這個系統正在維護');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60);

  nurse.stopBefore((url) => url.origin === world.rpOrigin);
  await nurse.open(`${world.issuer}/`);
  const entered = await nurse.submit((form) => decodeURIComponent(form.action).endsWith('mbh_01/entry'));
  expect(entered.url.origin).toBe(world.rpOrigin);
});

test('C-10: a broken window is refused by the import', async () => {
  const { code, output } = await world.importContent({
    windows: [{ slug: 'both', mode: 'closed', durationMinutes: 0, startsAt: '2026-01-01' }],
  });
  expect(code).toBe(1);
  expect(output).toContain('windows.0.durationMinutes');
  expect(output).toContain('windows.0.startsAt');
});

describe('P-02: notices', () => {
  const notice = (slug: string, more: Record<string, unknown>) => ({
    slug,
    text: { 'zh-TW': `通知 ${slug}` },
    startsAt: '2026-01-01T00:00:00+08:00',
    ...more,
  });

  test('P-02: stand on the public home and the sign-in page, within their times, in their order', async () => {
    await world.write({
      notices: [
        notice('n-low', { order: 50 }),
        notice('n-high', { order: 60, url: '/questions' }),
        notice('n-over', { endsAt: '2026-02-01T00:00:00+08:00' }),
        notice('n-later', { startsAt: '2099-01-01T00:00:00+08:00' }),
      ],
    });
    await eventually(async () => expect(await says('通知 n-low')).toBe(true), 4000);
    const journey = await world.reader();
    for (const path of ['/', '/sign-in']) {
      const { html } = await journey.open(world.issuer + path);
      expect(html.indexOf('通知 n-high')).toBeGreaterThan(0);
      expect(html.indexOf('通知 n-low')).toBeGreaterThan(html.indexOf('通知 n-high'));
      expect(html).not.toMatch(/通知 n-(over|later)/);
      expect(html).toContain('<a href="/questions">通知 n-high</a>');
    }
    expect((await journey.open(`${world.issuer}/announcements`)).html).not.toContain('通知 n-low');
  });

  test.each([
    'javascript:alert(1)',
    'http://plain.example/',
    '//elsewhere.example/',
    'https://a:b@agency.example/',
  ])('P-02: refuses a notice that leads to %s', async (url) => {
    const { code, output } = await world.importContent({ notices: [notice('n-bad', { url })] });
    expect(code).toBe(1);
    expect(output).toContain('notices.0.url');
  });
});
