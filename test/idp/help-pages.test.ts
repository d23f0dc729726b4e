import { type ContentWorld, startContentWorld } from './content-world.ts';

let world: ContentWorld;

beforeAll(async () => {
  world = await startContentWorld();
});
afterAll(() => world.stop());

const open = async (path: string, who = '', locale: 'zh-TW' | 'en' = 'zh-TW') =>
  (await world.reader(who, locale)).open(world.issuer + path);
const get = (path: string): Promise<Response> =>
  fetch(world.issuer + path, { redirect: 'manual', headers: { accept: 'text/html' } });
const linksOf = (html: string): string[] => [
  ...new Set([...html.matchAll(/href="(\/[^"#]*)"/g)].map(([, url = '']) => url.replaceAll('&#x3D;', '='))),
];

describe('P-01: the public home', () => {
  test('P-01: opens with the latest announcements, the two groups of places and the way to sign in', async () => {
    const { text, html } = await open('/');
    for (const shown of [
      '最新公告',
      '新手指南',
      '其他服務',
      'Q&A',
      '新手上路',
      '下載專區',
      '公告事項',
      '活動',
      '相關連結',
      '服務登入',
    ]) {
      expect(text).toContain(shown);
    }
    expect(text).toContain('登入後請點選「帳號簽入」前往業務系統');
    expect(html.match(/class="news-line"/g)?.length).toBeGreaterThanOrEqual(5);
  });

  test('P-01: no place of the portal, its site map or its foot is a dead end, in either language', async () => {
    for (const locale of ['zh-TW', 'en'] as const) {
      const journey = await world.reader('', locale);
      const pages = new Set(['/', '/site-map']);
      for (const path of pages) {
        const page = await journey.open(world.issuer + path);
        expect([path, page.status]).toEqual([path, 200]);
        if (path.startsWith('/downloads/') || path.startsWith('/interaction')) continue;
        for (const link of linksOf(page.html)) if (!/^\/assets\/|[?&]lang=/.test(link)) pages.add(link);
      }
      expect(pages.size).toBeGreaterThan(20);
    }
  });

  test('P-01: the breadcrumb says where one is', async () => {
    const { html } = await open('/announcements');
    expect(html).toMatch(/aria-label="目前位置">[\s\S]*?首頁[\s\S]*?aria-current="page">公告事項/);
  });
});

describe('P-05: help', () => {
  test('P-05: Q&A folds without scripts, by topic', async () => {
    const { html, text } = await open('/questions');
    expect(html.match(/<details class="fold"/g)?.length).toBeGreaterThanOrEqual(8);
    expect(html).not.toContain('<details class="fold" open');
    expect(text).toContain('帳號被鎖定怎麼辦？');
    expect(text).toContain('連續輸入錯誤 3 次密碼會鎖定 30 分鐘');
    expect((await open('/questions', '', 'en')).text).toContain('My account is locked. What now?');
  });

  test('P-05: the guide is a list of steps, the links lead elsewhere and tell nobody', async () => {
    expect((await open('/guide')).html).toMatch(/<ol class="guide-steps">/);
    const { html } = await open('/links');
    expect(html).toContain('<a href="https://hpa.example/" rel="noopener"');
  });

  test('P-05: downloads show title, category, date and size, and what needs signing in', async () => {
    const { text, html } = await open('/downloads');
    for (const shown of ['管理者帳號申請表', '申請表單', '2026/09/01', '9 KB', '請登入後下載'])
      expect(text).toContain(shown);
    expect(html).toContain('href="/sign-in?return_to&#x3D;/downloads"');
    const mine = await open('/downloads', 'demo.nurse');
    expect(mine.text).not.toContain('請登入後下載');
    expect(mine.html.match(/href="\/downloads\/[0-9a-f-]{36}"/g)).toHaveLength(3);
  });

  test('P-05: a file for signed-in people is refused to others and leads them to sign in and back', async () => {
    const { db } = world.database;
    const rows = await db
      .selectFrom('download')
      .select(['id', 'signed_in_only', 'content'])
      .orderBy('slug')
      .execute();
    const guarded = rows.find((row) => row.signed_in_only);
    const free = rows.find((row) => !row.signed_in_only);
    const refused = await get(`/downloads/${guarded?.id}`);
    expect(refused.status).toBe(303);
    expect(refused.headers.get('location')).toBe(
      `/sign-in?return_to=${encodeURIComponent(`/downloads/${guarded?.id}`)}`,
    );
    expect(await refused.text()).toBe('');

    const given = await get(`/downloads/${free?.id}`);
    expect(given.status).toBe(200);
    expect(given.headers.get('content-type')).toBe('application/pdf');
    expect(given.headers.get('content-disposition')).toMatch(/^attachment;/);
    expect(given.headers.get('x-content-type-options')).toBe('nosniff');
    expect(Buffer.from(await given.arrayBuffer()).equals(free?.content ?? Buffer.of())).toBe(true);
    const nurse = await world.reader('demo.nurse');
    const mine = await nurse.open(`${world.issuer}/downloads/${guarded?.id}`);
    expect([mine.status, mine.headers.get('content-type')]).toEqual([200, 'application/pdf']);
  });

  test('P-05: a withdrawn file or entry is gone', async () => {
    await world.write(
      {
        downloads: [
          {
            ...{ slug: 'gone', title: { 'zh-TW': '已下架檔案' }, category: 'form', file: 'gone.txt' },
            ...{ publishedOn: '2026-01-01', state: 'archived' },
          },
        ],
        questions: [
          {
            slug: 'q-gone',
            topic: 'account',
            title: { 'zh-TW': '已下架問題' },
            body: { 'zh-TW': '內容' },
            state: 'draft',
          },
        ],
      },
      { 'gone.txt': 'synthetic' },
    );
    expect((await open('/downloads')).text).not.toContain('已下架檔案');
    expect((await open('/questions')).text).not.toContain('已下架問題');
    const row = await world.database.db
      .selectFrom('download')
      .select('id')
      .where('slug', '=', 'gone')
      .executeTakeFirst();
    expect((await get(`/downloads/${row?.id}`)).status).toBe(404);
  });

  test.each(['/downloads/x', '/downloads/00000000-0000-0000-0000-000000000000', '/downloads/%2e%2e%2fetc'])(
    'P-05: %s is not found',
    async (path) => expect((await get(path)).status).toBe(404),
  );
});

describe('the pages about the portal', () => {
  test.each([
    [
      'C-01',
      '/about',
      [
        '守護健康',
        '預防保健服務單一入口',
        '婦幼健康管理整合系統',
        'Maternal and Child Health Integration System',
      ],
    ],
    ['C-02', '/about', ['計畫經費由國民健康署運用菸品健康福利捐支應']],
    ['C-07', '/about', ['只能由單一入口進入', '請使用「忘記密碼」重設密碼']],
    ['C-09', '/about', ['週一至週五 09:00–18:00', '電話忙線時，請改用電子郵件']],
    ['X-01', '/information-security', ['審核通過才能使用']],
    ['X-02', '/information-security', ['至少 12 個字元']],
    ['X-03', '/information-security', ['超過 3 個月']],
    ['X-04', '/information-security', ['連續輸入錯誤 3 次，帳號鎖定 30 分鐘']],
    ['X-05', '/information-security', ['驗證碼', '聽語音']],
    ['X-06', '/information-security', ['TLS', '醫事憑證（HCA）']],
    ['X-07', '/information-security', ['每月進行安全檢測']],
    [
      'X-08',
      '/information-security',
      ['關閉信件預覽', '以純文字收送', '不讀取來源不明的信件', '不隨意開啟信件'],
    ],
    ['X-09', '/information-security', ['防毒軟體', '隨身碟', '來路不明的軟體', '可疑的網站', '隱私資料']],
    ['X-10', '/privacy', ['蒐集、處理與利用', '電子檔或紙本', '護照號碼', '指紋', '犯罪前科', '社會活動']],
    ['X-11', '/privacy', ['自然人、法人及其他團體']],
    ['X-12', '/privacy', ['查詢或閱覽', '製給複製本', '補充或更正', '停止蒐集、處理或利用', '刪除']],
    ['X-13', '/privacy', ['國家重大利益', '公務機關執行法定職務', '第三人的重大利益', '得不予刪除']],
  ])('%s: %s says so', async (_number, path, texts) => {
    const { text, status } = await open(path);
    expect(status).toBe(200);
    for (const said of texts) expect(text).toContain(said);
    const english = await open(path, '', 'en');
    expect(english.text).not.toMatch(/fault\.|undefined/);
  });

  test('C-02: the funding stands at the foot of every page, with the ways to privacy, accessibility and the map', async () => {
    for (const path of ['/', '/announcements', '/privacy', '/sign-in']) {
      const { html } = await open(path);
      expect(html).toContain('計畫經費由國民健康署運用菸品健康福利捐支應');
      for (const way of ['/privacy', '/accessibility', '/site-map', '/information-security', '/about']) {
        expect(html).toContain(`href="${way}"`);
      }
    }
  });

  test('P-20: the site map lists what a signed-in person has, and the public one does not', async () => {
    expect((await open('/site-map')).html).not.toContain('/account/');
    const mine = await open('/site-map', 'demo.nurse');
    expect(mine.html).toContain('href="/account/bindings"');
    expect(mine.html).toContain('href="/announcements"');
  });

  test('P-20: a person’s home opens with their accounts, then what is new for them', async () => {
    const { html } = await open('/', 'demo.nurse');
    expect(html.indexOf('id="accounts"')).toBeGreaterThan(0);
    expect(html.indexOf('id="news"')).toBeGreaterThan(html.indexOf('id="accounts"'));
    expect(html).toContain('妊娠糖尿病');
    expect((await open('/')).html).not.toContain('妊娠糖尿病');
  });
});
