import { publicationOf } from '#idp/announcements/index.ts';
import { type ContentWorld, draft, listedTitles, startContentWorld } from './content-world.ts';

let world: ContentWorld;

beforeAll(async () => {
  world = await startContentWorld();
});
afterAll(() => world.stop());

describe('SM-15: an announcement', () => {
  const now = new Date('2026-11-22T00:00:00Z');
  const [earlier, later] = [new Date('2026-11-21T00:00:00Z'), new Date('2026-11-23T00:00:00Z')];

  test.each([
    ['draft', 'draft', earlier, undefined],
    ['archived', 'archived', earlier, undefined],
    ['scheduled', 'released', later, undefined],
    ['published', 'released', earlier, undefined],
    ['published', 'released', now, later],
    ['expired', 'released', earlier, now],
  ] as const)('SM-15: is %s when %s, by its times of publication', (is, state, publishFrom, publishUntil) => {
    expect(publicationOf({ state, publishFrom, publishUntil }, now)).toBe(is);
  });

  test('SM-15: is seen only while it is published, in the list and by its address', async () => {
    await world.publish([
      draft('sm15-draft', { state: 'draft' }),
      draft('sm15-scheduled', { publishFrom: '2099-01-01T00:00:00+08:00' }),
      draft('sm15-published'),
      draft('sm15-expired', { publishUntil: '2026-02-01T00:00:00+08:00' }),
      draft('sm15-archived', { state: 'archived' }),
    ]);
    const journey = await world.reader();
    expect(await world.titles(journey, 'sm15-')).toEqual(['標題 sm15-published']);
    for (const state of ['draft', 'scheduled', 'expired', 'archived']) {
      const page = await journey.open(`${world.issuer}/announcements/${await world.idOf(`sm15-${state}`)}`);
      expect([state, page.status]).toEqual([state, 404]);
    }
    await world.publish([draft('sm15-published', { state: 'archived' })]);
    expect(await world.titles(journey, 'sm15-')).toEqual([]);
  });
});

describe('P-04: the list', () => {
  beforeAll(() =>
    world.publish([
      draft('p04-old', { publishFrom: '2026-01-01T09:00:00+08:00' }),
      draft('p04-low', { publishFrom: '2026-01-02T23:59:00+08:00', order: 1 }),
      draft('p04-high', { publishFrom: '2026-01-02T00:00:00+08:00', order: 10, system: 'mch' }),
      draft('p04-new', { publishFrom: '2026-01-03T00:30:00+08:00', category: 'relay' }),
      draft('p04-english', {
        publishFrom: '2025-12-31T09:00:00+08:00',
        title: { 'zh-TW': '標題 p04-english', en: 'Hello p04-reader' },
      }),
    ]),
  );

  test('P-04: shows category, system, title and day as yyyy/MM/dd, newest first, within a day by order', async () => {
    const journey = await world.reader();
    expect(await world.titles(journey, 'p04-')).toEqual(
      ['p04-new', 'p04-high', 'p04-low', 'p04-old', 'p04-english'].map((slug) => `標題 ${slug}`),
    );
    const text = journey.page()?.text ?? '';
    for (const shown of ['2026/01/03', '婦幼健康管理整合系統', '單一入口系統', '轉知', '共 5 則']) {
      expect(text).toContain(shown);
    }
  });

  test('P-04: is searched by category, system and keyword, and keeps what was asked', async () => {
    const journey = await world.reader();
    expect(await world.titles(journey, 'p04-', '&category=relay')).toEqual(['標題 p04-new']);
    expect(await world.titles(journey, 'p04-', '&system=mch')).toEqual(['標題 p04-high']);
    expect(journey.page()?.html).toMatch(/<option value="mch" selected>/);
    expect(await world.titles(journey, 'p04-', '&system=portal&category=notice')).toHaveLength(3);
    expect(await world.titles(journey, '內容 p04-old')).toEqual(['標題 p04-old']);
  });

  test('P-04: takes a keyword literally, and what is no choice as none', async () => {
    const journey = await world.reader();
    for (const keyword of ['p04%', '_04-', '\\', `'; drop table announcement; --`, '%00']) {
      expect([keyword, await world.titles(journey, keyword)]).toEqual([keyword, []]);
    }
    expect(journey.page()?.text).toContain('沒有符合條件的內容');
    const id = '00000000-0000-0000-0000-000000000000';
    for (const before of ['x', `2026-02-30.0.${id}`, `0000-01-01.0.${id}`, `2026-01-01.99999999999.${id}`]) {
      const asked = `&category=%27&system=nothing&before=${before}`;
      expect([before, await world.titles(journey, 'p04-', asked)]).toEqual([before, expect.any(Array)]);
    }
    expect(await world.titles(journey, 'p04-', '&category=%27&system=nothing')).toHaveLength(5);
  });

  test('P-04: says in English what has English, and marks what has not', async () => {
    const journey = await world.reader('', 'en');
    expect(await world.titles(journey, 'p04-reader')).toEqual(['Hello p04-reader']);
    await world.titles(journey, 'p04-old');
    expect(journey.page()?.html).toMatch(/lang="zh-Hant-TW">標題 p04-old</);
  });

  test('P-04: pages by what was last seen, so that a new one moves nothing', async () => {
    const many = Array.from({ length: 33 }, (_, at) => draft(`page-${String(at).padStart(2, '0')}`));
    await world.publish(many);
    const journey = await world.reader();
    const seen = await world.titles(journey, '標題 page-');
    await world.publish([draft('page-late')]);
    for (let page = 0; page < 2; page += 1) {
      const older = /rel="next" href="([^"]*)"/.exec(journey.page()?.html ?? '')?.[1] ?? '';
      const url = new URL(older.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='), world.issuer);
      await journey.open(url.href);
      seen.push(...listedTitles(journey.page()?.html ?? ''));
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((title) => title !== '標題 page-late').sort()).toEqual(
      many.map(({ slug }) => `標題 ${slug}`),
    );
    expect(journey.page()?.text).not.toContain('較早的內容');
  });
});

describe('P-04: the detail', () => {
  test('P-04: shows paragraphs, lists and links, and never markup', async () => {
    const body =
      '第一段 <script>alert(1)</script>\n\n- 見 https://agency.example/a?b=1。\n- javascript:alert(1)';
    await world.publish([
      draft('p04-detail', { title: { 'zh-TW': '<b>粗體</b>' }, body: { 'zh-TW': body } }),
    ]);
    const journey = await world.reader();
    const { html, headers } = await journey.open(
      `${world.issuer}/announcements/${await world.idOf('p04-detail')}`,
    );
    expect(html).toContain('<a href="https://agency.example/a?b&#x3D;1" rel="noopener">');
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toMatch(/<script>|<b>|href="javascript/);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test('P-04: sends an attachment to be saved, whatever it holds', async () => {
    const name = '講義 "1".txt';
    await world.publish([draft('p04-files', { attachments: [name] })], {
      [name]: '<script>alert(1)</script>',
    });
    const journey = await world.reader();
    const { html } = await journey.open(`${world.issuer}/announcements/${await world.idOf('p04-files')}`);
    const address = /href="([^"]*\/attachments\/[^"]*)"/.exec(html)?.[1] ?? '';
    const response = await fetch(new URL(address, world.issuer));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="[^"\r\n]*"; filename\*=UTF-8''/,
    );
    expect(response.headers.get('content-security-policy')).toContain('sandbox');
    expect(await response.text()).toBe('<script>alert(1)</script>');
  });

  test.each(['/announcements/x', '/announcements/00000000-0000-0000-0000-000000000000', '/events/%27'])(
    'P-04: %s is not found',
    async (address) => {
      expect((await fetch(world.issuer + address, { headers: { accept: 'text/html' } })).status).toBe(404);
    },
  );
});

describe('C-06: events', () => {
  test('C-06: have their own list and say when and where', async () => {
    const event = {
      startsAt: '2026-12-04T09:30:00+08:00',
      endsAt: '2026-12-04T16:30:00+08:00',
      place: { 'zh-TW': '高雄場' },
    };
    await world.publish([draft('c06-event', { kind: 'event', event })]);
    const journey = await world.reader();
    expect(await world.titles(journey, 'c06-event')).toEqual([]);
    const list = await journey.open(`${world.issuer}/events?q=c06-event`);
    expect(list.text).toContain('2026/12/04');
    const id = await world.idOf('c06-event');
    const page = await journey.open(`${world.issuer}/events/${id}`);
    expect(page.text).toContain('2026/12/04 上午 09:30 – 2026/12/04 下午 04:30');
    expect(page.text).toContain('高雄場');
    expect((await journey.open(`${world.issuer}/announcements/${id}`)).status).toBe(404);
  });
});
