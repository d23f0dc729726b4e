import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { likeContacts } from '#mch/areas/high-risk/store/asks.ts';
import { bandsOf, likeness, normalise } from '#mch/areas/high-risk/text-likeness.ts';
import type { About } from '#mch/records/index.ts';
import { type Mch, startMch } from '../support/mch.ts';

const TEXT =
  '今日上午十時電訪個案，孕期二十八週，表示近日胎動正常，無出血及腹痛，已依約完成產檢，血壓與血糖數值穩定。衛教早產徵兆與緊急就醫時機，個案可正確複述，先生陪同支持良好，約定兩週後再次聯繫。';

const shared = (one: string, other: string): number => {
  const bands = new Set(bandsOf(one));
  return bandsOf(other).filter((band) => bands.has(band)).length;
};

/** Letters at even distances changed into others. */
function changed(text: string, count: number): string {
  const letters = Array.from(text);
  for (let at = 0; at < count; at += 1) letters[Math.floor((at * letters.length) / count)] = '變';
  return letters.join('');
}

describe('how alike two texts are', () => {
  it('compares letters and digits, in one width and case', () => {
    expect(normalise('ＡＢＣ　１２３，，ok!').join('')).toBe('abc123ok');
    expect(likeness('個案 A，已產檢。', '個案a已產檢')).toBe(1);
    expect(likeness('', '')).toBe(0);
  });

  it('counts the edits between them', () => {
    expect(likeness('一二三四五六七八九十', '一二三四五六七八九十')).toBe(1);
    expect(likeness('一二三四五六七八九十', '一二三四五六七八九變')).toBe(0.9);
    expect(likeness('一二三四五六七八九十', '一二三四五六七八變變')).toBe(0);
    expect(likeness('一二三四五六七八九十', '一二三四五六七八九')).toBe(0.9);
    expect(likeness('一二三四五六七八九十', '前一二三四五六七八九十')).toBeCloseTo(10 / 11);
  });

  it('finds what is nine tenths the same by its bands, and hardly ever what is not', () => {
    const length = normalise(TEXT).length;
    expect(shared(TEXT, TEXT)).toBe(32);
    expect(shared(TEXT, changed(TEXT, Math.floor(length / 10)))).toBeGreaterThan(0);
    const other =
      '到宅訪視新生兒，體重增加理想，臍帶已脫落，示範沐浴與拍嗝，母親睡眠不足情緒低落，轉介心理諮商並通知衛生所。';
    expect(shared(TEXT, other)).toBe(0);
    expect(bandsOf('，。')).toEqual([]);
    expect(bandsOf('好')).toHaveLength(32);
  });
});

describe('a text among many that begin alike', () => {
  let mch: Mch;
  beforeAll(async () => {
    mch = await startMch();
  });
  afterAll(() => mch.stop());

  it('is found though hundreds share its phrases', async () => {
    const { db } = mch.database;
    const stock = TEXT.slice(0, 70);
    const own = Array.from({ length: 60 }, (_, at) => String.fromCodePoint(0x5000 + at * 7)).join('');
    const texts = [
      ...Array.from({ length: 700 }, (_, at) => `${stock}，第${at}次聯繫，體重${400 + at}公克`),
      `${stock}，${own}`,
    ];
    const rows = texts.map((content) => ({ id: randomUUID(), content, likeness: bandsOf(content) }));
    const parent = randomUUID();
    const envelope = sql`'9876543210', '10017', '10017020', 'submitted', '2026-11-01', 'a', 'a', now(), 'a', 'a', now(), now()`;
    const columns = sql`id, kind, parent_id, unit_code, county, town, state, service_on, created_by, created_by_name,
      created_at, updated_by, updated_by_name, updated_at, submitted_at`;
    await sql`insert into record (${columns}) values (${parent}, 'hr-case', null, ${envelope})`.execute(db);
    await sql`insert into record (${columns}) select id, 'hr-contact', ${parent}, ${envelope}
      from unnest(${rows.map(({ id }) => id)}::uuid[]) id`.execute(db);
    await sql`insert into hr_contact (record_id, content, likeness) select * from
      json_to_recordset(${JSON.stringify(rows.map(({ id, ...row }) => ({ record_id: id, ...row })))})
        as row (record_id uuid, content text, likeness int[])`.execute(db);

    const typed = changed(`${stock}，${own}`, 4);
    const about = { parentId: randomUUID() } as unknown as About;
    const { rows: found } = await sql<{
      alike: string[];
    }>`${likeContacts({ content: typed }, about)}`.execute(db);
    const most = Math.max(...(found[0]?.alike ?? []).map((other) => likeness(typed, other)));
    expect(most).toBeGreaterThanOrEqual(0.9);
  });
});
