import { after } from '#kit/clock.ts';
import { KINDS } from '#mch/content/kinds.ts';
import { publicationOf } from '#mch/content/policy.ts';
import { seedContent } from '#mch/content/index.ts';
import { findContent, findFile, listContent } from '#mch/content/store/read.ts';
import { eventually } from '../support/eventually.ts';
import { OFFICE, attach, write } from './support/content.ts';
import { HOSPITAL, type Mch, STATION, startMch } from './support/mch.ts';
import { AGENCY, BUREAU, actingAs } from './support/people.ts';
import type { Visitor } from './support/visitor.ts';

/* What the system tells its people, and to whom. */

let mch: Mch;
let nurse: Visitor;
let station: Visitor;
let bureau: Visitor;
let agency: Visitor;
beforeAll(async () => {
  mch = await startMch();
  nurse = await actingAs(mch, HOSPITAL);
  station = await actingAs(mch, STATION);
  bureau = await actingAs(mch, BUREAU);
  agency = await actingAs(mch, AGENCY);
});
afterAll(() => mch.stop());

const fileOf = async (id: string) =>
  (await mch.database.db.selectFrom('content_file').selectAll().where('content_id', '=', id).execute())[0];
const titled = (text: string): string[] =>
  [...text.matchAll(/<a class="row-link"[^>]*>([^<]*)</g)].map((match) => match[1] ?? '');

describe('who is told what', () => {
  it('M-03: every type has its place in the menu, found by the search, empty at first', async () => {
    for (const { place } of KINDS) {
      const page = await nurse.go(`/${place}`);
      expect([place, page.status, page.text.includes('class="empty"')]).toEqual([place, 200, true]);
      expect(page.text).toContain(`href="/${place}"`);
    }
    expect((await nurse.ask(`/functions?q=${encodeURIComponent('下載專區')}`)).text).toContain(
      'href="/common/downloads"',
    );
    const home = await nurse.ask('/');
    expect(home.text).toContain('目前沒有公告');
    expect(home.text).not.toContain('data-notices');
  });

  it.each([
    ['audience.duties', 'medical'],
    ['audience.menuRoles', 'mi_antenatal'],
    ['audience.unitKinds', 'hospital'],
    ['audience.units', '9876543210 1132010024'],
  ])('M-04: %s decides over list, search, first page, entry and file alike', async (field, value) => {
    const title = `限${field}`;
    const id = await write(agency, 'announcement', {
      'title.zh-TW': title,
      inMarquee: 'yes',
      [field]: value,
    });
    await attach(agency, AGENCY, id, { name: '附件.txt', content: '內容' });
    const file = await fileOf(id);
    const paths = [`/common/announcements/${id}`, `/common/announcements/${id}/files/${file?.id}`];
    for (const [visitor, isTold] of [
      [nurse, true],
      [station, false],
      [bureau, false],
      // who edits it reads it in the office, and as a reader only what is for them
      [agency, false],
    ] as const) {
      for (const list of [
        '/common/announcements',
        `/common/announcements?q=${encodeURIComponent(title)}`,
        '/',
      ]) {
        expect([list, (await visitor.ask(list)).text.includes(`${title}<`)]).toEqual([list, isTold]);
      }
      for (const path of paths) expect((await visitor.ask(path)).status).toBe(isTold ? 200 : 404);
    }
    expect((await nurse.ask('/')).text).toMatch(new RegExp(`data-notices>.*${title}`, 's'));
    expect((await nurse.ask(`/common/events/${id}`)).status).toBe(404);
    expect((await mch.visitor().ask(paths[0] ?? '')).status).toBe(303);
    await mch.database.db.deleteFrom('content').where('id', '=', id).execute();
  });

  it('SM-15: nothing is told before its first moment, nor from its last on, on any path', async () => {
    const { db } = mch.database;
    const id = await write(agency, 'announcement', { 'title.zh-TW': '期間內' });
    await attach(agency, AGENCY, id, { name: 'a.txt', content: 'a' });
    const [from, until] = [new Date('2026-03-01T00:00:00Z'), new Date('2026-03-02T00:00:00Z')];
    await db
      .updateTable('content')
      .set({ publish_from: from, publish_until: until })
      .where('id', '=', id)
      .execute();
    const file = await fileOf(id);
    const [kind] = KINDS;
    if (!kind || !file) throw new Error('no announcement');
    const filter = { kind, category: undefined, keyword: undefined, after: undefined, limit: 5 };
    const facts = { state: 'released' as const, publishFrom: from, publishUntil: until };
    const moments: [Date, string][] = [
      [after(from, -1), 'scheduled'],
      [from, 'published'],
      [after(until, -1), 'published'],
      [until, 'expired'],
    ];
    for (const [now, publication] of moments) {
      const { duty, unit } = HOSPITAL;
      const reader = {
        accountId: HOSPITAL.id,
        duty,
        menuRoles: [],
        unitCode: unit.code,
        unitKind: unit.kind,
        now,
      };
      const told = [
        (await listContent(db, reader, filter)).total === 1,
        (await findContent(db, reader, kind, id)) !== undefined,
        (await findFile(db, reader, { kind, contentId: id, id: file.id })) !== undefined,
      ];
      expect([publicationOf(facts, now), ...told]).toEqual([
        publication,
        ...told.map(() => publication === 'published'),
      ]);
    }
    expect((await nurse.ask(`/common/announcements/${id}`)).status).toBe(404);
    expect((await nurse.ask(`/common/announcements/${id}/files/${file.id}`)).status).toBe(404);
    expect((await agency.go(OFFICE)).text).toContain('已過期');
    await db.deleteFrom('content').execute();
  });

  it('M-04: pages of the list hold every line once, newest first; filters and cursors are judged', async () => {
    const { db } = mch.database;
    const first = await write(agency, 'announcement', { 'title.zh-TW': '第000則' });
    const row = await db.selectFrom('content').selectAll().where('id', '=', first).executeTakeFirstOrThrow();
    const { published_on: _, ...values } = row;
    await db
      .insertInto('content')
      .values(
        Array.from({ length: 34 }, (_one, at) => ({
          ...values,
          id: `00000000-0000-4000-8000-0000000000${String(at + 10)}`,
          title: `第${String(at + 1).padStart(3, '0')}則`,
          category: at % 2 === 0 ? 'notice' : 'relay',
          publish_from: after(row.publish_from, Math.floor(at / 10) * 86_400_000),
        })),
      )
      .execute();
    const seen: string[] = [];
    let pages = 0;
    for (let path: string | undefined = '/common/announcements'; path; pages += 1) {
      const { text } = await nurse.ask(path);
      expect(text).toContain('共 35 則');
      seen.push(...titled(text));
      path = /rel="next" href="([^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
    }
    expect([pages, seen.length, new Set(seen).size]).toEqual([3, 35, 35]);
    expect(seen[0]).toMatch(/^第03[1-4]則$/);
    expect((await nurse.ask('/common/announcements?category=relay')).text).toContain('共 17 則');
    expect((await nurse.ask('/common/announcements?category=relay%27')).status).toBe(422);
    expect((await nurse.ask('/common/announcements?after=forged')).status).toBe(400);
    expect((await nurse.ask('/common/announcements?q=%25')).text).toContain('沒有符合條件的內容');
    await db.deleteFrom('content').execute();
  });

  it('M-01: what is new is marked at home until the list was looked at', async () => {
    const now = new Date(Date.now() + 8 * 3_600_000 - 60_000).toISOString().slice(0, 16);
    const id = await write(agency, 'announcement', { 'title.zh-TW': '新消息', publishFrom: now });
    const isNew = async () => (await nurse.ask('/')).text.includes('<span class="tag tag-info">新</span>');
    await mch.database.db.deleteFrom('content_seen').execute();
    expect(await isNew()).toBe(true);
    await nurse.ask('/common/announcements');
    expect(await isNew()).toBe(false);
    await mch.database.db.deleteFrom('content').where('id', '=', id).execute();
  });

  it('shows the demonstration something of every type, in both languages, and enters it once', async () => {
    await mch.database.db.deleteFrom('content').execute();
    expect(await seedContent(mch.database.db, new Date())).toBeGreaterThan(20);
    expect(await seedContent(mch.database.db, new Date())).toBe(0);
    for (const { place } of KINDS) {
      expect((await nurse.ask(`/${place}?lang=zh-TW`)).text).toMatch(/共 [1-9]\d* 則/);
      const english = await nurse.ask(`/${place}?lang=en`);
      expect(english.text).toMatch(/[1-9]\d* in all/);
    }
    expect((await nurse.ask('/?lang=zh-TW')).text).toMatch(/data-notices>.*id="news".*news-title/s);
  });

  it('F7: a large file comes whole, and who leaves in the middle of it is no error of ours', async () => {
    const id = await write(agency, 'guide', { category: 'daily' });
    const content = 'abcdefg\n'.repeat(2_400_000);
    await attach(agency, AGENCY, id, { name: 'large.txt', content });
    const path = /\/common\/guide\/[^"]*\/files\/[^"]*/.exec(
      (await nurse.go(`/common/guide/${id}`)).text,
    )?.[0];
    const whole = await nurse.ask(path ?? '');
    expect([whole.headers.get('content-length'), whole.text === content]).toEqual([
      String(content.length),
      true,
    ]);
    const cookie = [...nurse.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const leaving = new AbortController();
    const { body } = await fetch(`${nurse.origin}${path}`, { headers: { cookie }, signal: leaving.signal });
    await body?.getReader().read();
    leaving.abort();
    await eventually(() => expect(mch.logged.join('')).toContain('an answer was cut off'), 10_000);
    expect(mch.logged.filter((line) => line.includes('"unhandled"'))).toEqual([]);
  });
});
